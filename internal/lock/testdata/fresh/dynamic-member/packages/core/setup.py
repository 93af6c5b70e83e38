from setuptools import setup
setup(install_requires=['six'], extras_require={'x': ['click']})

from setuptools import setup

setup(
    name="moon-phase",
    version="1.4",
    py_modules=["moon_phase"],
    install_requires=["itsdangerous==2.2.0"],
    extras_require={"web": ["idna==3.19"]},
    entry_points={"console_scripts": ["moon = moon_phase:main"]},
)

import idna
import itsdangerous
import pygments

print(idna.__version__, pygments.__version__, itsdangerous.Signer("key").sign("text").decode())

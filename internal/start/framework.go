package start

import "strings"

// protocol is how a server and the app talk.
type protocol string

const (
	asgi   protocol = "ASGI"
	wsgi   protocol = "WSGI"
	own    protocol = "own" // the framework brings the server
	worker protocol = "worker"
)

// framework is one that apps are made with.
type framework struct {
	name     string
	protocol protocol
}

var (
	fastAPI   = &framework{"FastAPI", asgi}
	flask     = &framework{"Flask", wsgi}
	django    = &framework{"Django", wsgi}
	channels  = &framework{"Django", asgi}
	dash      = &framework{"Dash", wsgi}
	sanic     = &framework{"Sanic", own}
	aiohttp   = &framework{"aiohttp", own}
	tornado   = &framework{"Tornado", own}
	gradio    = &framework{"Gradio", own}
	mcp       = &framework{"MCP", own}
	fastMCP   = &framework{"FastMCP", own}
	pyramid   = &framework{"Pyramid", wsgi}
	bottle    = &framework{"Bottle", wsgi}
	streamlit = &framework{"Streamlit", own}
	panel     = &framework{"Panel", own}
	shiny     = &framework{"Shiny", own} // Shiny Express, whose apps are scripts
	niceGUI   = &framework{"NiceGUI", own}
	chainlit  = &framework{"Chainlit", own}
	celery    = &framework{"Celery", worker}
	huey      = &framework{"Huey", worker}
	taskiq    = &framework{"Taskiq", worker}
	scheduler = &framework{"TaskiqScheduler", worker}
	rq        = &framework{"RQ", worker}
	anyASGI   = &framework{"ASGI", asgi}
	anyWSGI   = &framework{"WSGI", wsgi}
	starlette = &framework{"Starlette", asgi}

	socketASGI = &framework{"Socket.IO", asgi}
	socketWSGI = &framework{"Socket.IO", wsgi}
	fastHTML   = &framework{"FastHTML", asgi}
)

// makers are what an app object comes out of, by the first and the last part of the name. Where a framework has two of the
// same last part, the whole name decides.
var makers = map[string]*framework{
	"fastapi.FastAPI": fastAPI, "starlette.Starlette": starlette, "litestar.Litestar": {"Litestar", asgi}, "quart.Quart": {"Quart", asgi},
	"sanic.Sanic": sanic, "aiohttp.Application": aiohttp, "flask.Flask": flask, "dash.Dash": dash,
	"bottle.Bottle": bottle, "bottle.default_app": bottle, "bottle.app": bottle,
	"falcon.App": {"Falcon", wsgi}, "falcon.API": {"Falcon", wsgi}, "falcon.asgi.App": {"Falcon", asgi},
	"tornado.Application": tornado, "gradio.Blocks": gradio, "gradio.Interface": gradio, "gradio.ChatInterface": gradio,
	"gradio.TabbedInterface": gradio, "gradio.mount_gradio_app": fastAPI,
	"fasthtml.FastHTML": fastHTML, "fasthtml.fast_app": fastHTML,
	"mcp.FastMCP": mcp, "mcp.MCPServer": mcp, "fastmcp.FastMCP": fastMCP, "fastmcp.from_fastapi": fastMCP, "fastmcp.from_openapi": fastMCP,
	"django.get_wsgi_application": django, "django.get_asgi_application": channels, "channels.ProtocolTypeRouter": channels,
	"configurations.get_wsgi_application": django, "configurations.get_asgi_application": channels,
	"shiny.App": {"Shiny", asgi}, "apiflask.APIFlask": flask, "flask_openapi3.OpenAPI": flask, "blacksheep.Application": {"BlackSheep", asgi},
	"connexion.AsyncApp": {"Connexion", asgi}, "connexion.FlaskApp": {"Connexion", asgi}, "socketio.ASGIApp": socketASGI, "socketio.WSGIApp": socketWSGI,
	"ariadne.asgi.GraphQL": {"Ariadne", asgi}, "ariadne.wsgi.GraphQL": {"Ariadne", wsgi}, "strawberry.asgi.GraphQL": {"Strawberry", asgi},
	"a2wsgi.ASGIMiddleware": anyWSGI, "a2wsgi.WSGIMiddleware": anyASGI, "asgiref.WsgiToAsgi": anyASGI,
	"celery.Celery": celery, "huey.Huey": huey, "huey.RedisHuey": huey, "huey.SqliteHuey": huey, "huey.PriorityRedisHuey": huey,
	"huey.RedisExpireHuey": huey, "huey.FileHuey": huey, "rq.Queue": rq,
	"taskiq.TaskiqScheduler": scheduler, "taskiq.InMemoryBroker": taskiq, "taskiq.ZeroMQBroker": taskiq,
	"taskiq_redis.ListQueueBroker": taskiq, "taskiq_redis.PubSubBroker": taskiq, "taskiq_redis.RedisStreamBroker": taskiq,
	"taskiq_aio_pika.AioPikaBroker": taskiq, "taskiq_nats.NatsBroker": taskiq,
}

// distributions are the packages that modules come with, for those that say that a file may have an app.
var distributions = map[string]string{
	"fastapi": "fastapi", "starlette": "starlette", "litestar": "litestar", "quart": "quart", "sanic": "sanic", "aiohttp": "aiohttp",
	"flask": "flask", "dash": "dash", "bottle": "bottle", "falcon": "falcon", "tornado": "tornado", "gradio": "gradio",
	"fasthtml": "python-fasthtml", "mcp": "mcp", "fastmcp": "fastmcp", "django": "django", "channels": "channels", "shiny": "shiny",
	"apiflask": "apiflask", "flask_openapi3": "flask-openapi3", "blacksheep": "blacksheep", "connexion": "connexion",
	"socketio": "python-socketio", "ariadne": "ariadne", "strawberry": "strawberry-graphql", "pyramid": "pyramid", "streamlit": "streamlit", "panel": "panel", "nicegui": "nicegui",
	"chainlit": "chainlit", "celery": "celery", "huey": "huey", "rq": "rq", "dramatiq": "dramatiq", "arq": "arq", "taskiq": "taskiq",
	"taskiq_redis": "taskiq-redis", "taskiq_aio_pika": "taskiq-aio-pika", "taskiq_nats": "taskiq-nats",
}

// makerNames are the last parts of the names in makers, by the first.
var makerNames = func() map[string][]string {
	names := map[string][]string{"pyramid": {"make_wsgi_app"}, "dramatiq": {"actor"}, "arq": {"WorkerSettings"}, "nicegui": {"ui.run"}, "panel": {"servable"},
		"shiny": {"express"}}
	for name := range makers {
		first, _, _ := strings.Cut(name, ".")
		_, last := cutLast(name)
		names[first] = append(names[first], last)
	}
	return names
}()

// maker looks a dotted name up.
func maker(name string) *framework {
	if f := makers[name]; f != nil {
		return f
	}
	first, _, _ := strings.Cut(name, ".")
	_, last := cutLast(name)
	return makers[first+"."+last]
}

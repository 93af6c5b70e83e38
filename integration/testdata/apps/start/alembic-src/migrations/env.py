from shop.models import metadata

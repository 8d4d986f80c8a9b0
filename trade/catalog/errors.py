from core.errors import NotFound


class ProductNotFound(NotFound):
    code = "catalog.product_not_found"
    message = "商品不存在或已下架"

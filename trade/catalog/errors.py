"""What the catalogue refuses."""

from core.errors import Invalid, NotFound


class ProductNotFound(NotFound):
    code = "catalog.product_not_found"
    zh = "商品不存在或已下架，请看看其他商品"
    en = "This product does not exist or is off the shelf: look at another one."


class SkuNotFound(NotFound):
    code = "catalog.sku_not_found"
    zh = "该规格不存在或已下架，请重新选择规格"
    en = "This choice does not exist or is off the shelf: choose another one."


class CursorUnknown(Invalid):
    code = "catalog.cursor_unknown"
    zh = "列表已更新，请从第一页重新加载"
    en = "The list has changed: load it again from its first page."


class PictureNotFound(NotFound):
    code = "catalog.picture_not_found"
    zh = "没有这张图片，请刷新商品列表"
    en = "There is no such picture: load the product list again."

"""The words that the renderer itself writes, in the languages that it draws."""

GENERATED = {
    "en": "Generated picture",
    "de": "Erzeugtes Bild",
    "fr": "Image générée",
    "es": "Imagen generada",
    "pt": "Imagem gerada",
    "it": "Immagine generata",
    "nl": "Gegenereerd beeld",
    "pl": "Obraz wygenerowany",
    "sv": "Genererad bild",
    "tr": "Üretilmiş görüntü",
    "ru": "Сгенерированное изображение",
    "ar": "صورة مولّدة",
    "hi": "निर्मित चित्र",
    "ja": "生成された映像",
    "ko": "생성된 영상",
    "zh": "生成画面",
}
ANIMATED = {
    "en": "Animated from {}",
    "de": "Bewegt nach {}",
    "fr": "Animé d’après {}",
    "es": "Animado a partir de {}",
    "pt": "Animado a partir de {}",
    "it": "Animato da {}",
    "nl": "Geanimeerd naar {}",
    "pl": "Animacja na podstawie: {}",
    "sv": "Animerad efter {}",
    "tr": "{} temel alınarak canlandırıldı",
    "ru": "Анимация по: {}",
    "ar": "تحريك مولّد من {}",
    "hi": "{} से निर्मित चलचित्र",
    "ja": "{} から生成した映像",
    "ko": "{} 기반 생성 영상",
    "zh": "根据 {} 生成的动画",
}


def of_film(language: str, figure: str) -> str:
    """What a film is said to be; `figure` is the label of the figure that it began with, if any."""
    code = language.lower().partition("-")[0]
    text = ANIMATED if figure else GENERATED
    return text.get(code, text["en"]).format(figure)

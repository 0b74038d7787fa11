"""The words of the dashboards in other languages: those of the people who look at them."""

from __future__ import annotations

from typing import NamedTuple

from keepfit.project.dashboard_section import Language


class Translation(NamedTuple):
    """A text in the other languages."""

    ru: str
    pt: str


class Words:
    """Says a text of the dashboards in a language.

    Parameters
    ----------
    language
        Of `[project] language`.

    Examples
    --------
    >>> Words("pt")("Over {hours} h.", hours=24)
    'Em 24 h.'
    """

    def __init__(self, language: Language = "en") -> None:
        self._language = language

    def __call__(self, english: str, **values: object) -> str:
        """Return a text, with values where it names them; double braces without values are Grafana's and stay."""
        said = english if self._language == "en" else str(getattr(TRANSLATIONS[english], self._language))
        return said.format(**values) if values else said


TRANSLATIONS = {
    # the boards, and headings in them
    "service": Translation("сервис", "serviço"),
    "quality": Translation("качество", "qualidade"),
    "drift": Translation("дрейф", "drift"),
    "stream": Translation("поток", "fluxo"),
    "overview": Translation("обзор", "visão geral"),
    "At a glance": Translation("Главное", "Em resumo"),
    "Requests": Translation("Запросы", "Requisições"),
    "Answers": Translation("Ответы", "Respostas"),
    "Journal and process": Translation("Журнал и процесс", "Registro e processo"),
    "Newest labelled answers of the champion": Translation(
        "Последние размеченные ответы чемпиона", "Respostas rotuladas mais recentes do campeão"
    ),
    "Labels and champions": Translation("Метки и чемпионы", "Rótulos e campeões"),
    "Scores of each batch before it is learnt": Translation(
        "Оценки каждого пакета до обучения на нём", "Métricas de cada lote antes de aprendê-lo"
    ),
    "Batches": Translation("Пакеты", "Lotes"),
    "Learning": Translation("Обучение", "Aprendizado"),
    "Live": Translation("В реальном времени", "Em tempo real"),
    "System": Translation("Система", "Sistema"),
    # the service
    "Up": Translation("Доступность", "Disponibilidade"),
    "none": Translation("нет", "nenhum"),
    "1 while the service answers.": Translation("1, пока сервис отвечает.", "1 enquanto o serviço responde."),
    "Champion": Translation("Модель-чемпион", "Modelo campeão"),
    "Uptime": Translation("Время работы", "Tempo no ar"),
    "Predictions": Translation("Предсказания", "Predições"),
    "Errors": Translation("Ошибки", "Erros"),
    "4xx: the caller's": Translation("4xx: ошибки клиента", "4xx: erros do cliente"),
    "5xx: ours": Translation("5xx: ошибки сервиса", "5xx: erros do serviço"),
    "Duration of predictions": Translation("Длительность предсказаний", "Duração das predições"),
    "From the first byte of a request to its answer.": Translation(
        "От первого байта запроса до ответа.", "Do primeiro byte da requisição até a resposta."
    ),
    "Decisions": Translation("Решения", "Decisões"),
    "Histogram of probabilities": Translation("Гистограмма вероятностей", "Histograma das probabilidades"),
    "Answers of the time that is shown, by tenths of the probability.": Translation(
        "Ответы за показанный период, по десятым долям вероятности.",
        "Respostas do período exibido, por décimos da probabilidade.",
    ),
    "Probabilities over time": Translation("Вероятности во времени", "Probabilidades ao longo do tempo"),
    "Answers by tenths of the probability.": Translation(
        "Ответы по десятым долям вероятности.", "Respostas por décimos da probabilidade."
    ),
    "Unusual values": Translation("Необычные значения", "Valores incomuns"),
    "Scored although missing, unseen in training, or out of its range.": Translation(
        "Приняты, хотя пропущены, не встречались при обучении или выходят за его диапазон.",
        "Aceitos embora ausentes, não vistos no treinamento ou fora do seu intervalo.",
    ),
    "Rows that wait": Translation("Строки, ожидающие записи", "Linhas à espera de gravação"),
    "for their commit": Translation("ждут коммита", "à espera do commit"),
    "in the spill": Translation("в резервных файлах", "nos arquivos de reserva"),
    "Oldest row that waits": Translation("Самая старая ожидающая строка", "Linha mais antiga à espera"),
    "waits": Translation("ждёт", "espera"),
    "Commits": Translation("Коммиты", "Commits"),
    "commits": Translation("коммиты", "commits"),
    "Requests share a commit.": Translation(
        "Несколько запросов делят один коммит.", "Várias requisições compartilham um commit."
    ),
    "Processor": Translation("Процессор", "Processador"),
    "cores": Translation("ядра", "núcleos"),
    "Memory": Translation("Память", "Memória"),
    "resident": Translation("резидентная", "residente"),
    # quality
    "Newest check": Translation("Последняя проверка", "Verificação mais recente"),
    "Labelled answers": Translation("Размеченные ответы", "Respostas rotuladas"),
    "Age of the champion": Translation("Возраст чемпиона", "Idade do campeão"),
    "Without its interval, that `keepfit check` tells: a point below the floor is often chance.": Translation(
        "Без интервала, который показывает `keepfit check`: точка ниже порога часто случайна.",
        "Sem o intervalo, que `keepfit check` mostra: um ponto abaixo do piso muitas vezes é acaso.",
    ),
    "Log-loss": Translation("Логарифмические потери (log-loss)", "Perda logarítmica (log-loss)"),
    "Brier score": Translation("Оценка Брайера", "Escore de Brier"),
    "Calibration error": Translation("Ошибка калибровки", "Erro de calibração"),
    "Labels": Translation("Поступление меток", "Chegada de rótulos"),
    "matched: {{ matched }}": Translation("сопоставлены: {{ matched }}", "associados: {{ matched }}"),
    "Number of labels": Translation("Число меток", "Número de rótulos"),
    "New champions": Translation("Смены чемпиона", "Trocas de campeão"),
    "taken": Translation("принятые", "aceitas"),
    "refused": Translation("отклонённые", "recusadas"),
    "Since the service was started.": Translation("С запуска сервиса.", "Desde o início do serviço."),
    # drift
    "Over {hours} h.": Translation("За {hours} ч.", "Em {hours} h."),
    "Drifted columns": Translation("Столбцы с дрейфом", "Colunas com drift"),
    "At the newest `keepfit check`.": Translation(
        "При последней проверке `keepfit check`.", "Na verificação mais recente, `keepfit check`."
    ),
    "PSI of the score": Translation("PSI вероятности", "PSI da probabilidade"),
    "Share of drifted columns": Translation("Доля столбцов с дрейфом", "Proporção de colunas com drift"),
    "share": Translation("доля", "proporção"),
    "With a PSI beyond its limit, or ten points more or fewer missing values.": Translation(
        "PSI выше предела или доля пропусков изменилась больше чем на десять пунктов.",
        "PSI acima do limite, ou dez pontos a mais ou a menos de valores ausentes.",
    ),
    "PSI by column": Translation("PSI по столбцам", "PSI por coluna"),
    "PSI by column, now": Translation("PSI по столбцам, сейчас", "PSI por coluna, agora"),
    "Missing values": Translation("Пропущенные значения", "Valores ausentes"),
    # the stream
    "1 while the stream runs.": Translation("1, пока поток работает.", "1 enquanto o fluxo está em execução."),
    "Rows learnt": Translation("Изученные строки", "Linhas aprendidas"),
    "Number of drifts": Translation("Число дрейфов", "Número de drifts"),
    "Each batch is predicted before it is learnt; newer rows weigh more.": Translation(
        "Каждый пакет предсказывается до обучения на нём; новые строки весят больше.",
        "Cada lote é previsto antes de ser aprendido; as linhas mais novas pesam mais.",
    ),
    "Log-loss of the newest batch": Translation(
        "Потери (log-loss) последнего пакета", "Perda logarítmica do lote mais recente"
    ),
    "Before it was learnt.": Translation("До обучения на нём.", "Antes de ser aprendido."),
    "Precision": Translation("Точность (precision)", "Precisão"),
    "Recall": Translation("Полнота (recall)", "Revocação"),
    "Number of batches": Translation("Число пакетов", "Número de lotes"),
    "batches": Translation("пакеты", "lotes"),
    "Rows per second": Translation("Строк в секунду", "Linhas por segundo"),
    "rows": Translation("строки", "linhas"),
    "Lag behind the source": Translation("Отставание от источника", "Atraso em relação à fonte"),
    "Rows that are there, and not learnt yet.": Translation(
        "Строки, которые уже есть, но ещё не изучены.", "Linhas que já chegaram e ainda não foram aprendidas."
    ),
    "Not learnt": Translation("Не изучено", "Não aprendido"),
    "Rows without a target, and deliveries that were refused.": Translation(
        "Строки без целевого значения и отклонённые поставки.", "Linhas sem o alvo e entregas recusadas."
    ),
    "deliveries": Translation("поставки", "entregas"),
    "Learning time": Translation("Длительность обучения", "Duração do aprendizado"),
    "Of the newest batch.": Translation("Для последнего пакета.", "Do lote mais recente."),
    "batch": Translation("пакет", "lote"),
    "Trees": Translation("Деревья", "Árvores"),
    "trees": Translation("деревья", "árvores"),
    "Drifts of the loss": Translation("Дрейфы потерь", "Drifts da perda"),
    "How often it was seen to rise.": Translation(
        "Сколько раз был замечен их рост.", "Quantas vezes se viu que ela aumentou."
    ),
    "Promotions": Translation("Повышения претендента", "Promoções"),
    "promotions": Translation("повышения", "promoções"),
    "How often the challenger took over.": Translation(
        "Сколько раз претендент становился чемпионом.", "Quantas vezes o desafiante assumiu."
    ),
    # Graphite
    "Processor load": Translation("Нагрузка на процессор", "Carga do processador"),
    "Mean of the last minute.": Translation("Средняя за последнюю минуту.", "Média do último minuto."),
    "load": Translation("нагрузка", "carga"),
    "Free memory": Translation("Свободная память", "Memória livre"),
    "free": Translation("свободно", "livre"),
    "requests": Translation("запросы", "requisições"),
    "Answers by status": Translation("Ответы по кодам состояния", "Respostas por código de status"),
    "Response time": Translation("Время отклика", "Tempo de resposta"),
    "Number of decisions": Translation("Число решений", "Número de decisões"),
    "Of the time that is shown.": Translation("За показанный период.", "Do período exibido."),
    "Of few answers a PSI is chance.": Translation(
        "При малом числе ответов PSI случаен.", "Com poucas respostas, o PSI é acaso."
    ),
    # pages
    "How to read it": Translation("Как читать", "Como ler"),
    "Made by Keepfit at {made_at} from what Prometheus and Graphite say; times are UTC.": Translation(
        "Создано Keepfit {made_at} по данным Prometheus и Graphite; время UTC.",
        "Feito pelo Keepfit em {made_at} com o que dizem Prometheus e Graphite; horários em UTC.",
    ),
}

# One image for every service of docker-compose.yaml: Airflow and Receivables, nothing else.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/receivables/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/receivables/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    GX_ANALYTICS_ENABLED=false

WORKDIR /opt/receivables
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --editable . \
    && useradd --uid 50000 --create-home receivables \
    && mkdir -p /opt/airflow /opt/receivables/var \
    && chown -R receivables: /opt/airflow /opt/receivables/var

USER receivables
CMD ["airflow", "version"]

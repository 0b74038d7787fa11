# What answers: `keepfit serve` with what it needs, and no more. docs/deploying.md says how it is built and run.
# The context is Keepfit's own folder; or one with `deploy` and `locks` alone: then keepfit is the wheel in its `dist`,
# or else the package of KEEPFIT_VERSION.
ARG BASE_IMAGE=python:3.12-slim

# Two venvs of one place, installed by hash: the libraries', which changes with the lock, and Keepfit's, which changes
# with the code. Both are compiled, since nobody may write there later. Nothing else of this stage gets into the image.
FROM ${BASE_IMAGE} AS build
ARG PIP_INDEX_URL PIP_CERT PIP_DEFAULT_TIMEOUT SSL_CERT_FILE KEEPFIT_VERSION=0.1.0
ENV INSTALL="/opt/installers/bin/uv pip install --quiet --no-cache --python /opt/keepfit/bin/python --no-build" \
    COMPILE="/opt/keepfit/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/keepfit/lib"
WORKDIR /context
COPY locks/installer.txt locks/build.txt locks/serve.txt locks/
RUN python3 -m venv /opt/installers \
 && /opt/installers/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes \
    -r locks/installer.txt -r locks/build.txt
RUN python3 -m venv --without-pip /opt/keepfit \
 && UV_DEFAULT_INDEX=$PIP_INDEX_URL $INSTALL --require-hashes -r locks/serve.txt \
 && find /opt/keepfit -type d \( -name tests -o -path '*/onnxruntime/transformers' \
    -o -path '*/onnxruntime/quantization' \) -prune -exec rm -r {} + \
 && $COMPILE && rm /opt/keepfit/.lock && mv /opt/keepfit /opt/libraries
COPY . .
RUN python3 -m venv --without-pip /opt/keepfit \
 && if [ -e pyproject.toml ]; then rm -rf dist && /opt/installers/bin/hatchling build --target wheel; fi \
 && wheel=$(find . -path './dist/keepfit-*.whl') \
 && UV_DEFAULT_INDEX=$PIP_INDEX_URL $INSTALL --no-deps "${wheel:-keepfit==$KEEPFIT_VERSION}" \
 && $COMPILE && rm /opt/keepfit/.lock

FROM ${BASE_IMAGE}
ARG KEEPFIT_VERSION=0.1.0
LABEL org.opencontainers.image.title="keepfit-serve" \
      org.opencontainers.image.description="Keepfit's service: the champion of a project over HTTP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${KEEPFIT_VERSION}"
# A user who owns nothing but /project; no installer; no folder but /tmp that everybody may write.
RUN /usr/sbin/useradd --no-log-init --uid 10001 --user-group --home-dir /tmp --no-create-home \
    --shell /bin/false keepfit \
 && install --directory --owner keepfit --group keepfit /project \
 && for root in /usr /usr/local; do rm -rf $root/bin/pip* $root/bin/wheel* $root/share/python-wheels \
    $root/lib/python3*/ensurepip $root/lib/python3*/*-packages/pip* $root/lib/python3*/*-packages/wheel*; done \
 && find / -xdev -type d -perm -o+w ! -path /tmp -exec chmod o-w {} +
ENV PATH=/opt/keepfit/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ORT_DISABLE_TELEMETRY=1 KEEPFIT_READY_URL=http://127.0.0.1:8000/ready
USER 10001:10001
WORKDIR /project
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-IS", "-c", \
  "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open(os.environ['KEEPFIT_READY_URL'], timeout=4)"]
ENTRYPOINT ["keepfit"]
CMD ["serve", "--project", "/project", "--host", "0.0.0.0", "--port", "8000"]
COPY --from=build /opt/libraries /opt/keepfit
COPY --from=build /opt/keepfit /opt/keepfit

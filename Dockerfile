# docker build -t styletransfer .                     CPU
# docker build -t styletransfer --build-arg TORCH=cuda .   NVIDIA (run with --gpus all)
# docker run -p 5080:5080 -v styletransfer:/data -e Security__Password=... styletransfer
#
# Ubuntu's own .NET packages: one base for both stages, and a libstdc++ that TorchSharp likes.
FROM ubuntu:26.04 AS build
ARG TORCH=cpu
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/StyleTransfer.Studio -c Release -p:Torch=$TORCH -o /app

# The fonts are for the labels of an exported grid: DejaVu (3 MB) for Latin and formulas, Nanum (33 MB) for Korean; Noto CJK would be 91 MB.
FROM ubuntu:26.04
RUN apt-get update \
    && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 curl libgomp1 fontconfig-config fonts-dejavu-core fonts-nanum \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data studio \
    && mkdir /data && chown studio /data
COPY --from=build /app /app
WORKDIR /app
USER studio
VOLUME /data
ENV DOTNET_EnableDiagnostics=0 \
    Storage__Root=/data \
    Urls=http://0.0.0.0:5080
EXPOSE 5080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD curl -fsS http://localhost:5080/healthz || exit 1
ENTRYPOINT ["dotnet", "StyleTransfer.Studio.dll"]

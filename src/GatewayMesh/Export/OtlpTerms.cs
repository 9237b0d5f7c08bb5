using System.Globalization;
using OpenTelemetry.Exporter;

namespace GatewayMesh.Export;

/// <summary>Options of an OTLP exporter for one signal.</summary>
internal static class OtlpTerms
{
    /// <summary>
    /// Returns the options for traces. The SDK reads the variables of all signals itself, those of one signal only in its own builders.
    /// </summary>
    public static OtlpExporterOptions OfTraces(ExportSettings settings)
    {
        const string Signal = "TRACES";
        var options = new OtlpExporterOptions();
        if (settings.OfSignal(Signal, "PROTOCOL") is { } protocol)
        {
            options.Protocol = protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (settings.OfSignal(Signal, "ENDPOINT") is { } endpoint)
        {
            options.Endpoint = new Uri(endpoint); // as it is, without the path of the signal
        }

        if (settings.OfSignal(Signal, "HEADERS") is { } headers)
        {
            options.Headers = headers;
        }

        if (int.TryParse(settings.OfSignal(Signal, "TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var timeout))
        {
            options.TimeoutMilliseconds = timeout;
        }

        return options;
    }

    /// <summary>
    /// Counts the exports of <paramref name="options"/>. With certificates of its own the SDK makes its connections itself, uncounted.
    /// </summary>
    public static void Count(OtlpExporterOptions options, ExportSettings settings, DeliveryCounts counts)
    {
        if (settings.Text("OTEL_EXPORTER_OTLP_CERTIFICATE") is not null
            || settings.Text("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE") is not null)
        {
            return;
        }

        options.HttpClientFactory = () =>
            new HttpClient(new CountedHandler(counts)) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds) };
    }
}

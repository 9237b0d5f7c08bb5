using System.Globalization;
using OpenTelemetry.Exporter;

namespace GatewayMesh.Export;

/// <summary>Options of an OTLP exporter for one signal.</summary>
internal static class OtlpTerms
{
    /// <summary>
    /// Returns the options for one signal. The SDK reads the variables of all signals itself, those of one signal only in its own builders.
    /// </summary>
    /// <param name="settings">Values of the variables.</param>
    /// <param name="signal"><c>TRACES</c> or <c>LOGS</c>.</param>
    public static OtlpExporterOptions Of(ExportSettings settings, string signal)
    {
        var options = new OtlpExporterOptions();
        if (settings.OfSignal(signal, "PROTOCOL") is { } protocol)
        {
            options.Protocol = protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (settings.OfSignal(signal, "ENDPOINT") is { } endpoint)
        {
            options.Endpoint = new Uri(endpoint); // as it is, without the path of the signal
        }

        if (settings.OfSignal(signal, "HEADERS") is { } headers)
        {
            options.Headers = headers;
        }

        if (int.TryParse(settings.OfSignal(signal, "TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var timeout))
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

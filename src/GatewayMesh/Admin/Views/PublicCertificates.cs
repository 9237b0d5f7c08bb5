using System.Text.Json;
using GatewayMesh.Proxy.Edge;

namespace GatewayMesh.Admin.Views;

/// <summary>The certificates of public listeners, for <c>/status</c>, <c>/certs</c> and <c>check</c>. Never includes a key.</summary>
internal static class PublicCertificates
{
    /// <summary>Writes an array with the given name.</summary>
    internal static void Write(Utf8JsonWriter json, string name, IReadOnlyList<EdgeCertificateView> certificates, DateTimeOffset now)
    {
        json.WriteStartArray(name);
        foreach (var certificate in certificates)
        {
            json.WriteStartObject();
            json.WriteNumber("port", certificate.Port);
            json.WriteString("file", certificate.File);
            json.WriteStartArray("names");
            foreach (var each in certificate.Names)
            {
                json.WriteStringValue(each);
            }

            json.WriteEndArray();
            json.WriteString("fingerprint", certificate.Fingerprint);
            json.WriteString("notBefore", certificate.NotBefore);
            json.WriteString("notAfter", certificate.NotAfter);
            json.WriteNumber("secondsLeft", Math.Floor((certificate.NotAfter - now).TotalSeconds));
            json.WriteString("refused", certificate.Refused);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

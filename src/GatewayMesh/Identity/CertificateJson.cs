using System.Text.Json;

namespace GatewayMesh.Identity;

/// <summary>
/// JSON form of a <see cref="CertificateReport"/>, for <c>/certs</c> and the member <c>certificates</c> of <c>/status</c>.
/// </summary>
internal static class CertificateJson
{
    /// <summary>Writes one object. <paramref name="more"/> writes further members.</summary>
    public static void Write(Utf8JsonWriter json, CertificateReport report, DateTimeOffset now, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        json.WriteString("identity", "mtls");
        json.WriteString("directory", report.Directory);
        json.WriteStartArray("identities");
        foreach (var identity in report.Identities)
        {
            json.WriteStartObject();
            json.WriteString("service", identity.Service);
            json.WriteString("state", CertificateTimes.WordOf(identity.State));
            if (identity is { NotBefore: { } begin, NotAfter: { } end })
            {
                json.WriteString("id", identity.Id);
                json.WriteString("serial", identity.Serial);
                json.WriteString("issuer", identity.Issuer);
                WriteTimes(json, begin, end, now);
            }

            json.WriteString("clientFile", identity.ClientFile);
            json.WriteString("trouble", identity.Trouble);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("roots");
        foreach (var root in report.Roots)
        {
            json.WriteStartObject();
            json.WriteString("subject", root.Subject);
            json.WriteString("trustDomain", root.TrustDomain);
            json.WriteString("fingerprint", root.Fingerprint);
            json.WriteString("state", CertificateTimes.WordOf(root.State));
            WriteTimes(json, root.NotBefore, root.NotAfter, now);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (var error in report.Errors)
        {
            json.WriteStringValue(error);
        }

        json.WriteEndArray();
        more?.Invoke(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the report of a node with plaintext identity.</summary>
    public static void WritePlaintext(Utf8JsonWriter json, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        json.WriteString("identity", "plaintext");
        json.WriteStartArray("identities");
        json.WriteEndArray();
        json.WriteStartArray("roots");
        json.WriteEndArray();
        more?.Invoke(json);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, DateTimeOffset begin, DateTimeOffset end, DateTimeOffset now)
    {
        json.WriteString("notBefore", begin);
        json.WriteString("notAfter", end);
        json.WriteNumber("secondsLeft", Math.Floor((end - now).TotalSeconds));
        json.WriteNumber("daysLeft", Math.Round((end - now).TotalDays, 1));
    }
}

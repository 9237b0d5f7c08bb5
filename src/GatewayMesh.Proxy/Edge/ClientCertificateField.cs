using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// <c>X-Forwarded-Client-Cert</c> in Envoy's format: <c>Hash=…;Subject="CN=…,O=…";URI=…;DNS=…</c>. Written only for verified certificates.
/// No content of a certificate can terminate a value or the field.
/// </summary>
internal static class ClientCertificateField
{
    /// <summary>Name of the field.</summary>
    public const string Name = "X-Forwarded-Client-Cert";

    private const string SubjectAlternativeName = "2.5.29.17";

    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    /// <summary>Returns the field value for a certificate.</summary>
    public static string Of(X509Certificate2 certificate)
    {
        var field = new StringBuilder("Hash=")
            .Append(Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)))
            .Append(";Subject=\"");
        foreach (var c in Subject(certificate.SubjectName))
        {
            field.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        }

        field.Append('"');
        foreach (var (key, name) in Names(certificate))
        {
            field.Append(';').Append(key).Append('=');
            _ = name.AsSpan().IndexOfAny(",;=") < 0 ? field.Append(name) : field.Append('"').Append(name).Append('"');
        }

        return field.ToString();
    }

    // RFC 2253: the last element first; unprintable characters as the hexadecimal digits of their bytes.
    private static string Subject(X500DistinguishedName name)
    {
        var text = new StringBuilder();
        foreach (var element in name.EnumerateRelativeDistinguishedNames(reversed: true))
        {
            if (element.HasMultipleElements)
            {
                continue;
            }

            var type = element.GetSingleElementType();
            text.Append(text.Length > 0 ? "," : "").Append(NameOf(type)).Append('=');
            var value = element.GetSingleElementValue() ?? "";
            for (var i = 0; i < value.Length; i++)
            {
                var c = value[i];
                if (c is ',' or '+' or '"' or '\\' or '<' or '>' or ';'
                    || (i == 0 && c is '#' or ' ')
                    || (i == value.Length - 1 && c == ' '))
                {
                    text.Append('\\').Append(c);
                }
                else if (c is >= ' ' and <= '~')
                {
                    text.Append(c);
                }
                else
                {
                    AppendEscaped(text, value, ref i);
                }
            }
        }

        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder text, string value, ref int at)
    {
        _ = Rune.TryGetRuneAt(value, at, out var rune) ? rune : rune = Rune.ReplacementChar;
        at += rune.Utf16SequenceLength - 1;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
        {
            text.Append('\\').Append(Convert.ToHexString([one]));
        }
    }

    private static string NameOf(Oid type) => type.Value switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        var oid => oid ?? "",
    };

    // URIs come first, as in Envoy.
    private static IEnumerable<(string Key, string Name)> Names(X509Certificate2 certificate)
    {
        var san = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == SubjectAlternativeName);
        if (san is null)
        {
            return [];
        }

        var names = new List<(string Key, string Name)>();
        try
        {
            var sequence = new AsnReader(san.RawData, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                var tag = sequence.PeekTag();
                if (tag.HasSameClassAndValue(Uri))
                {
                    names.Add(("URI", sequence.ReadCharacterString(UniversalTagNumber.IA5String, Uri)));
                }
                else if (tag.HasSameClassAndValue(Dns))
                {
                    names.Add(("DNS", sequence.ReadCharacterString(UniversalTagNumber.IA5String, Dns)));
                }
                else
                {
                    sequence.ReadEncodedValue();
                }
            }
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException)
        {
            return [];
        }

        return names.Where(
            static name =>
                name.Name.All(static c => c is > ' ' and <= '~' and not '"' and not '\\')).OrderByDescending(static name => name.Key);
    }
}

using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Trust;

/// <summary>URIs in the subject alternative names of a certificate (RFC 5280 §4.2.1.6), which the platform's reader ignores.</summary>
public static class UriNames
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    /// <summary>Returns the URIs in order; none when the names are unreadable.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var uris = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions)
            {
                if (extension.Oid?.Value == SubjectAlternativeName)
                {
                    Read(extension.RawData, uris);
                }
            }
        }
        catch (AsnContentException)
        {
            return [];
        }

        return uris;
    }

    private static void Read(byte[] names, List<string> uris)
    {
        var sequence = new AsnReader(names, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            if (sequence.PeekTag().HasSameClassAndValue(Uri))
            {
                uris.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
            }
            else
            {
                _ = sequence.ReadEncodedValue();
            }
        }
    }
}

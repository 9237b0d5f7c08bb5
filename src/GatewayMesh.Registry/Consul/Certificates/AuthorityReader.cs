using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>
/// Parses an agent's answers about Consul's certificate authority. Pure; throws <see cref="FormatException"/> or a JSON document's
/// exceptions on invalid input.
/// </summary>
internal static class AuthorityReader
{
    /// <summary>
    /// The roots in an answer to <c>/v1/agent/connect/ca/roots</c>, the active root first. The order in the answer has no meaning.
    /// </summary>
    /// <exception cref="CertificateException">The roots do not form a valid trust bundle.</exception>
    public static ConsulRoots Roots(ReadOnlyMemory<byte> body)
    {
        using var answer = ConsulJson.Parse(body);
        var active = answer.RootElement.GetProperty("ActiveRootID").GetString();
        var roots = answer.RootElement.GetProperty("Roots").EnumerateArray()
            .OrderByDescending(root => root.GetProperty("ID").GetString() == active)
            .Select(Root).DistinctBy(root => root.Fingerprint).ToImmutableArray();
        var answered = new ConsulRoots(Text(answer.RootElement, "TrustDomain"), roots);

        // Checked here, before anything is stored: half a bundle must not become the stored bundle.
        _ = TrustBundle.FromPem(answered.ToPem([]));
        return answered;
    }

    /// <summary>The leaf in an answer to <c>/v1/agent/connect/ca/leaf/SERVICE</c>.</summary>
    public static ConsulLeaf Leaf(ReadOnlyMemory<byte> body)
    {
        using var answer = ConsulJson.Parse(body);
        var leaf = answer.RootElement;
        return new ConsulLeaf(
            leaf.GetProperty("Service").GetString()!,
            $"{Text(leaf, "CertPEM").TrimEnd()}\n{Text(leaf, "PrivateKeyPEM").TrimEnd()}\n",
            leaf.GetProperty("ValidAfter").GetDateTimeOffset(),
            leaf.GetProperty("ValidBefore").GetDateTimeOffset());
    }

    private static ConsulRoot Root(JsonElement root)
    {
        var pem = Text(root, "RootCert").Trim();
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "CERTIFICATE")
        {
            throw new FormatException("a root is not a PEM certificate");
        }

        var bytes = Convert.FromBase64String(pem[fields.Base64Data]);
        var intermediates = root.TryGetProperty("IntermediateCerts", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;
        return new ConsulRoot(
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            pem,
            [.. intermediates.Select(certificate => (certificate.GetString() ?? "").Trim())]);
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"{name} is empty");
}

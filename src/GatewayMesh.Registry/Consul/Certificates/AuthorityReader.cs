using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>Reads what an agent says of Consul's certificate authority. Pure; throws <see cref="FormatException"/>, or what a JSON document throws, on anything else.</summary>
internal static class AuthorityReader
{
    /// <summary>The roots in an answer of <c>/v1/agent/connect/ca/roots</c>, the active one first: their own order says nothing.</summary>
    /// <exception cref="CertificateException">They cannot be trusted as they are.</exception>
    public static ConsulRoots Roots(ReadOnlyMemory<byte> body)
    {
        using var answer = ConsulJson.Parse(body);
        var active = answer.RootElement.GetProperty("ActiveRootID").GetString();
        var roots = answer.RootElement.GetProperty("Roots").EnumerateArray()
            .OrderByDescending(root => root.GetProperty("ID").GetString() == active)
            .Select(Root).DistinctBy(root => root.Fingerprint).ToImmutableArray();
        var answered = new ConsulRoots(Text(answer.RootElement, "TrustDomain"), roots);

        // Here and not when it is put: half a bundle must not become what is remembered.
        _ = TrustBundle.FromPem(answered.ToPem([]));
        return answered;
    }

    /// <summary>The leaf in an answer of <c>/v1/agent/connect/ca/leaf/SERVICE</c>.</summary>
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
            throw new FormatException("a root is no certificate in PEM");
        }

        var bytes = Convert.FromBase64String(pem[fields.Base64Data]);
        var intermediates = root.TryGetProperty("IntermediateCerts", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
        return new ConsulRoot(Convert.ToHexStringLower(SHA256.HashData(bytes)), pem, [.. intermediates.Select(certificate => (certificate.GetString() ?? "").Trim())]);
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"{name} is empty");
}

using System.Text;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>The section <c>cluster</c> of an entry in <c>clusters</c>.</summary>
internal sealed record KubeconfigCluster
{
    /// <summary>Address of the API server; null after an error.</summary>
    public Uri? Server { get; init; }

    /// <summary>The only trusted roots; null: the roots of the system.</summary>
    public PemSource? Roots { get; init; }

    /// <summary>Name in the certificate of the server; null: the host of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>True if any certificate of the server is accepted.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Reads the section.</summary>
    public static KubeconfigCluster Bind(MappingReader section, string folder)
    {
        var text = section.Required("server", ScalarTypes.Text);
        var server = text is null ? null : ServerOf(section, text);
        section.NotYet("proxy-url", "remove the key, and make the API server reachable directly");
        var roots = Pem(section, "certificate-authority", folder);
        var isInsecure = section.Optional("insecure-skip-tls-verify", ScalarTypes.Flag, false);
        if (isInsecure && roots is not null)
        {
            section.Fail("insecure-skip-tls-verify", "contradicts certificate-authority", "remove insecure-skip-tls-verify");
        }

        return new KubeconfigCluster
        {
            Server = server,
            Roots = roots,
            ServerName = section.Optional("tls-server-name", ScalarTypes.Host, "") is { Length: > 0 } name ? name : null,
            IsInsecure = isInsecure,
        };
    }

    /// <summary>A PEM file under <paramref name="key"/>, or base64 of PEM under <c>KEY-data</c>, which wins.</summary>
    public static PemSource? Pem(MappingReader section, string key, string folder)
    {
        var file = section.Optional(key, ScalarTypes.Text, "");
        var data = section.Optional($"{key}-data", ScalarTypes.Text, "");
        if (data.Length == 0)
        {
            return file.Length == 0 ? null : PemSource.OfFile(Path.Combine(folder, file));
        }

        var bytes = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, bytes, out var length))
        {
            section.Fail($"{key}-data", "is not base64", $"write the base64 of a PEM file, or {key} with its path");
            return null;
        }

        var pem = Encoding.UTF8.GetString(bytes, 0, length);
        if (!pem.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            section.Fail($"{key}-data", "is not the base64 of PEM", $"write the base64 of a PEM file, or {key} with its path");
            return null;
        }

        return PemSource.OfText(pem);
    }

    private static Uri? ServerOf(MappingReader section, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http"))
        {
            section.Fail("server", $"'{text}' is not the URL of an API server", "use a URL such as https://10.0.0.1:6443");
            return null;
        }

        if (server.Scheme == "http" && !server.IsLoopback)
        {
            section.Fail("server", "would send credentials unencrypted", "use https");
            return null;
        }

        return server;
    }
}

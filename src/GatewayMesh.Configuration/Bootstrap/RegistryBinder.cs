using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the keys <c>registry</c>, <c>registryToken</c>, <c>registryTokenFile</c> and <c>registryTls</c>.</summary>
internal static class RegistryBinder
{
    // As in Consul's own tools, an empty token means no token.
    private static readonly ScalarType<string> Anything = new("set the token", Scalar.Good);

    /// <summary>Returns the registry, or null when none is named or the registry has errors.</summary>
    /// <param name="reader">The bootstrap document.</param>
    /// <param name="context">Facts about the host.</param>
    /// <param name="dataDir">Data folder of the same bootstrap.</param>
    /// <param name="path">Makes the path under a key absolute.</param>
    public static RegistrySpec? Bind(
        MappingReader reader, BootstrapContext context, string dataDir, Func<string, SourceLocation, string> path)
    {
        var spec = Named(reader, context, dataDir, path);
        var token = reader.Optional("registryToken", Anything, "");
        var tokenFile = File(reader, "registryTokenFile", path);
        if (token.Length > 0 && tokenFile is not null)
        {
            reader.Fail("registryTokenFile", "conflicts with registryToken", "remove one of them");
        }

        var tls = reader.Section("registryTls", section => BindTls(section, path));
        foreach (var key in (ReadOnlySpan<string>)["registryToken", "registryTokenFile", "registryTls"])
        {
            if (spec is { Kind: "file" } && reader.Has(key))
            {
                reader.Fail(key, "does not apply to a file registry", "remove the key");
            }
            else if (spec is { Kind: "kubernetes" } && reader.Has(key))
            {
                reader.Fail(
                    key, "does not apply to Kubernetes", "remove the key; a pod uses its ServiceAccount, and a kubeconfig has its own users");
            }
        }

        if (spec is { Kind: "consul" } && reader.Has("registryTls") && spec.Agents.Any(agent => agent.Scheme != Uri.UriSchemeHttps))
        {
            reader.Fail("registryTls", "has no effect: the registry URI uses no TLS", "set registry: consul+https://HOST:PORT");
        }

        return spec is null ? null : spec with { Token = token, TokenFile = tokenFile, Tls = tls };
    }

    private static RegistrySpec? Named(
        MappingReader reader, BootstrapContext context, string dataDir, Func<string, SourceLocation, string> path)
    {
        if (reader.Has("registry"))
        {
            var location = reader.LocationOf("registry");
            return reader.Required(
                "registry",
                new ScalarType<RegistrySpec>(RegistryUri.Fix, text => RegistryUri.Read(text, folder => path(folder, location))));
        }

        if (context.UsesLocalConsul(dataDir))
        {
            return RegistryUri.Read(RegistrySpec.LocalConsul, folder => folder).Value! with { IsDefault = true };
        }

        if (context.RegistryRequired)
        {
            reader.Fail(
                "registry",
                "no registry is named, and no Consul agent answers on 127.0.0.1:8500",
                RegistryUri.Fix + " (or --registry URI)");
        }

        return null;
    }

    /// <summary>Reads the certificates of a connection to a server.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="path">Makes the path under a key absolute.</param>
    internal static RegistryTlsSpec BindTls(MappingReader reader, Func<string, SourceLocation, string> path)
    {
        var tls = new RegistryTlsSpec(File(reader, "ca", path), File(reader, "cert", path), File(reader, "key", path));
        if (tls.Cert is null != tls.Key is null)
        {
            reader.Fail(
                tls.Cert is null ? "key" : "cert", $"requires {(tls.Cert is null ? "cert" : "key")}", "set both cert and key, or neither");
        }

        return tls;
    }

    private static string? File(MappingReader reader, string key, Func<string, SourceLocation, string> path) =>
        reader.Has(key) ? path(reader.Optional(key, ScalarTypes.Text, ""), reader.LocationOf(key)) : null;
}

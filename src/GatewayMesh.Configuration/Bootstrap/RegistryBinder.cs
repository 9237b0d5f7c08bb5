using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the keys <c>registry</c>, <c>registryToken</c>, <c>registryTokenFile</c> and <c>registryTls</c>.</summary>
internal static class RegistryBinder
{
    private const string Fix =
        "set registry: consul://HOST:PORT for a Consul agent, or file:DIR for a folder shared by the nodes of the mesh";

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
            return reader.Required("registry", new ScalarType<RegistrySpec>(Fix, text => Read(text, folder => path(folder, location))));
        }

        if (context.UsesLocalConsul(dataDir))
        {
            return Read(RegistrySpec.LocalConsul, folder => folder).Value! with { IsDefault = true };
        }

        if (context.RegistryRequired)
        {
            reader.Fail("registry", "no registry is named, and no Consul agent answers on 127.0.0.1:8500", Fix + " (or --registry URI)");
        }

        return null;
    }

    private static Scalar<RegistrySpec> Read(string text, Func<string, string> folder) =>
        text.StartsWith("consul://", StringComparison.Ordinal) ? Consul(text["consul://".Length..], Uri.UriSchemeHttp, 8500)
        : text.StartsWith("consul+https://", StringComparison.Ordinal) ? Consul(text["consul+https://".Length..], Uri.UriSchemeHttps, 8501)
        : text.StartsWith("file:", StringComparison.Ordinal)
            && text.Length > 5 ? Scalar.Good(new RegistrySpec("file", folder(Folder(text))))
        : Scalar.Bad<RegistrySpec>($"{Quoted.Of(text)} is not a registry", Fix);

    // file:DIR, and the form that URI libraries write: file:///DIR.
    private static string Folder(string text) =>
        text.StartsWith("file:///", StringComparison.Ordinal) ? text["file://".Length..] : text["file:".Length..];

    private static Scalar<RegistrySpec> Consul(string list, string scheme, int port)
    {
        var agents = ImmutableArray.CreateBuilder<HostPort>();
        foreach (var text in list.TrimEnd('/').Split(','))
        {
            var agent = Names.IsHost(text.Trim('[', ']')) ? new HostPort(text.Trim('[', ']'), port)
                : HostPort.TryParse(text, out var named) && Names.IsHost(named.Host) ? named
                : null;
            if (agent is null || !Uri.TryCreate($"{scheme}://{agent}", UriKind.Absolute, out _))
            {
                return Scalar.Bad<RegistrySpec>(
                    $"{Quoted.Of(text)} is not the address of an agent",
                    "use consul://HOST:PORT, or several agents: consul://127.0.0.1:8500,10.0.0.2:8500");
            }

            if (agents.Contains(agent))
            {
                return Scalar.Bad<RegistrySpec>($"the agent {agent} is listed twice", "remove one of them");
            }

            agents.Add(agent);
        }

        return Scalar.Good(
            new RegistrySpec("consul", string.Join(',', agents)) { Agents = [.. agents.Select(agent => new Uri($"{scheme}://{agent}"))] });
    }

    private static RegistryTlsSpec BindTls(MappingReader reader, Func<string, SourceLocation, string> path)
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

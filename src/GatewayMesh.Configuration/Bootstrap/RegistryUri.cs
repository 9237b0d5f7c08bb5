using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the URI of a registry. A new registry is one row of the table.</summary>
internal static class RegistryUri
{
    /// <summary>Fix of a URI that cannot be read.</summary>
    public const string Fix =
        "set registry: consul://HOST:PORT for a Consul agent, kubernetes:// in a pod, kubernetes://KUBECONFIG elsewhere, or file:DIR for a folder "
            + "shared by the nodes of the mesh";

    // By the beginning of the URI. The readers get the rest, and a function that makes a path absolute.
    private static readonly ImmutableArray<(string Start, Func<string, Func<string, string>, Scalar<RegistrySpec>> Read)> Forms =
    [
        ("consul://", (rest, _) => Consul(rest, Uri.UriSchemeHttp, 8500)),
        ("consul+https://", (rest, _) => Consul(rest, Uri.UriSchemeHttps, 8501)),
        ("kubernetes://", Kubernetes),
        (
            "file:",
            (rest, absolute) => rest.Length > 0 ? Scalar.Good(new RegistrySpec("file", absolute(Folder(rest)))) : NoRegistry("file:")),
    ];

    /// <summary>Returns the registry of <paramref name="text"/>.</summary>
    /// <param name="text">The URI, untrusted.</param>
    /// <param name="absolute">Makes a path absolute.</param>
    public static Scalar<RegistrySpec> Read(string text, Func<string, string> absolute)
    {
        foreach (var (start, read) in Forms)
        {
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return read(text[start.Length..], absolute);
            }
        }

        return NoRegistry(text);
    }

    private static Scalar<RegistrySpec> NoRegistry(string text) =>
        Scalar.Bad<RegistrySpec>($"{Quoted.Of(text)} is not a registry", Fix);

    // file:DIR, and the form that URI libraries write: file:///DIR.
    private static string Folder(string rest) => rest.StartsWith("///", StringComparison.Ordinal) ? rest["//".Length..] : rest;

    // Empty in a pod, else PATH[#CONTEXT]. The names of contexts are free: those of clouds have slashes and colons.
    private static Scalar<RegistrySpec> Kubernetes(string rest, Func<string, string> absolute)
    {
        if (rest.Length == 0)
        {
            return Scalar.Good(new RegistrySpec("kubernetes", ""));
        }

        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        var (path, context) = hash < 0 ? (rest, null) : (rest[..hash], rest[(hash + 1)..]);
        return path.Length == 0 ? Scalar.Bad<RegistrySpec>(
                "names a context but no kubeconfig", "use kubernetes://KUBECONFIG#CONTEXT, or kubernetes:// in a pod")
            : context is "" ? Scalar.Bad<RegistrySpec>("has an empty context", "name the context, or remove the # to use current-context")
            : path.Contains('\0') ? Scalar.Bad<RegistrySpec>("has a NUL in the path of the kubeconfig", "use a path such as /etc/kubeconfig")
            : Scalar.Good(new RegistrySpec("kubernetes", context is null ? absolute(path) : $"{absolute(path)}#{context}"));
    }

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
}

using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A registry, identified by its URI.</summary>
/// <param name="Kind">Scheme: <c>file</c>, <c>kubernetes</c>, or <c>consul</c> (also for <c>consul+https</c>).</param>
/// <param name="Target">For <c>file</c> the absolute folder; for <c>consul</c> the agents, comma separated; for
/// <c>kubernetes</c> empty in a pod, otherwise the absolute path of a kubeconfig, with <c>#CONTEXT</c> if one is named.</param>
public sealed record RegistrySpec(string Kind, string Target)
{
    /// <summary><c>consul://127.0.0.1:8500</c>: the default where an agent answers there.</summary>
    public const string LocalConsul = "consul://127.0.0.1:8500";

    /// <summary>
    /// <c>consul</c>: the agents as <c>http://HOST:PORT</c>, or <c>https://HOST:PORT</c> for <c>consul+https</c>. The first agent is the
    /// local one.
    /// </summary>
    public ImmutableArray<Uri> Agents { get; init; } = [];

    /// <summary><c>consul</c>: token sent with every request (<c>registryToken</c>). Default: none.</summary>
    public string Token { get; init; } = "";

    /// <summary>
    /// <c>consul</c>: absolute path of a file that contains the token (<c>registryTokenFile</c>), read again when the file changes.
    /// Default: none.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary><c>consul+https</c>: TLS files (<c>registryTls</c>). Default: none.</summary>
    public RegistryTlsSpec Tls { get; init; } = new(null, null, null);

    /// <summary>True if no registry is named and <see cref="LocalConsul"/> is used because an agent answers there.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The URI without the token, safe for logs.</summary>
    public override string ToString() => $"{Kind}:{Target}";
}

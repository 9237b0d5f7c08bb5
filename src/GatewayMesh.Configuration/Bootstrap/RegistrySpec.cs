using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A registry by its URI.</summary>
/// <param name="Kind">Scheme: <c>file</c> or <c>consul</c> (also for <c>consul+https</c>).</param>
/// <param name="Target">For <c>file</c> the absolute folder; for <c>consul</c> the agents, comma separated.</param>
public sealed record RegistrySpec(string Kind, string Target)
{
    /// <summary><c>consul://127.0.0.1:8500</c>: the default where an agent answers there.</summary>
    public const string LocalConsul = "consul://127.0.0.1:8500";

    /// <summary><c>consul</c>: the agents, <c>http://HOST:PORT</c> or (of <c>consul+https</c>) <c>https://HOST:PORT</c>; the first is the one of this host.</summary>
    public ImmutableArray<Uri> Agents { get; init; } = [];

    /// <summary><c>consul</c>: the token of every request (<c>registryToken</c>). Default: none.</summary>
    public string Token { get; init; } = "";

    /// <summary><c>consul</c>: a file that holds the token (<c>registryTokenFile</c>, an absolute path), read again when it changes. Default: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary><c>consul+https</c>: files of TLS (<c>registryTls</c>). Default: none of them.</summary>
    public RegistryTlsSpec Tls { get; init; } = new(null, null, null);

    /// <summary>Nobody named it: it is <see cref="LocalConsul"/> because an agent answers there.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Without the token: this ends in logs.</summary>
    public override string ToString() => $"{Kind}:{Target}";
}

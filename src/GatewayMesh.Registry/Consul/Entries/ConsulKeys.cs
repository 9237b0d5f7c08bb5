using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>
/// Removes keys that are not errors here. Consul adds indexes, empty sections and the default namespace to what was written, and entries
/// may hold settings for other proxies. A key is ignored only if ignoring the key drops no protection that a user relies on.
/// </summary>
internal static class ConsulKeys
{
    // Settings of other proxies, and Consul's own bookkeeping.
    private static readonly ImmutableHashSet<string> Ignored =
    [
        "CreateIndex",
        "ModifyIndex",
        "Hash",
        "Meta",
        "Status",
        "MeshGateway",
        "Expose",
        "Mode",
        "ExternalSNI",
        "UpstreamConfig",
        "TransparentProxy",
        "MaxInboundConnections",
        "Destination",
        "EnvoyExtensions",
        "LocalConnectTimeoutMs",
        "LocalRequestTimeoutMs",
        "BalanceInboundConnections",
        "MutualTLSMode",
        "RateLimits", "Defaults", "AccessLogs", "FailoverPolicy", "PrioritizeByLocality",
    ];

    /// <summary>The entry without ignored keys.</summary>
    public static ConfigNode Prune(ConfigNode entry) => entry is ConfigMapping mapping
        ? new ConfigMapping([.. mapping.Pairs.Where(IsUsed).Select(WithoutUnusedTls)], mapping.Location)
        : entry;

    private static bool IsUsed(ConfigPair pair) => !Ignored.Contains(pair.Key) && !IsDefaultTenant(pair) && !IsUnusedTls(pair);

    private static bool IsDefaultTenant(ConfigPair pair) =>
        pair is { Key: "Namespace" or "Partition", Value: ConfigScalar { Text: "" or "default" } };

    // A listener with TLS enabled must not fall back to plaintext, so enabled TLS stays and is an error.
    private static bool IsUnusedTls(ConfigPair pair) =>
        pair is { Key: "TLS", Value: ConfigMapping tls }
            && (tls.Pairs.IsEmpty || tls.Find("Enabled") is { Value: ConfigScalar { Text: "false" } });

    private static ConfigPair WithoutUnusedTls(ConfigPair pair) => pair is { Key: "Listeners", Value: ConfigSequence listeners }
        ? pair with { Value = new ConfigSequence([.. listeners.Items.Select(WithoutUnusedTls)], listeners.Location) }
        : pair;

    private static ConfigNode WithoutUnusedTls(ConfigNode listener) =>
        listener is ConfigMapping mapping
            ? new ConfigMapping([.. mapping.Pairs.Where(pair => !IsUnusedTls(pair))], mapping.Location)
            : listener;
}

using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>
/// Consul answers with more than was written: indexes, empty sections, the default namespace. And one Consul serves others too, so what is
/// meant for their proxies is no error here, as long as leaving it aside promises nobody a safety that is not there.
/// </summary>
internal static class ConsulKeys
{
    // Meant for other proxies, or about how Consul keeps the entry.
    private static readonly ImmutableHashSet<string> LeftAside =
    [
        "CreateIndex", "ModifyIndex", "Hash", "Meta", "Status", "MeshGateway", "Expose", "Mode", "ExternalSNI", "UpstreamConfig", "TransparentProxy",
        "MaxInboundConnections", "Destination", "EnvoyExtensions", "LocalConnectTimeoutMs", "LocalRequestTimeoutMs", "BalanceInboundConnections", "MutualTLSMode",
        "RateLimits", "Defaults", "AccessLogs", "FailoverPolicy", "PrioritizeByLocality",
    ];

    /// <summary>The entry without them.</summary>
    public static ConfigNode Prune(ConfigNode entry) => entry is ConfigMapping mapping
        ? new ConfigMapping([.. mapping.Pairs.Where(pair => !LeftAside.Contains(pair.Key) && !IsDefaultTenant(pair) && !IsUnusedTls(pair)).Select(WithoutUnusedTls)], mapping.Location)
        : entry;

    private static bool IsDefaultTenant(ConfigPair pair) =>
        pair is { Key: "Namespace" or "Partition", Value: ConfigScalar { Text: "" or "default" } };

    // A listener that is to speak TLS must not speak plain text instead: then it is an error.
    private static bool IsUnusedTls(ConfigPair pair) =>
        pair is { Key: "TLS", Value: ConfigMapping tls } && (tls.Pairs.IsEmpty || tls.Find("Enabled") is { Value: ConfigScalar { Text: "false" } });

    private static ConfigPair WithoutUnusedTls(ConfigPair pair) => pair is { Key: "Listeners", Value: ConfigSequence listeners }
        ? pair with { Value = new ConfigSequence([.. listeners.Items.Select(WithoutUnusedTls)], listeners.Location) }
        : pair;

    private static ConfigNode WithoutUnusedTls(ConfigNode listener) =>
        listener is ConfigMapping mapping ? new ConfigMapping([.. mapping.Pairs.Where(pair => !IsUnusedTls(pair))], mapping.Location) : listener;
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Writes a node's record as YAML. Every text is quoted, so that no value can be read as another type.</summary>
public static class NodeRecordText
{
    // The request rate changes all the time; an insignificant change is not worth a write.
    private const double NotableRateChange = 0.1;

    /// <summary>Maximum size of a record that other nodes read: 16 KiB, some 100 services.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The document, in UTF-8.</summary>
    public static byte[] Write(NodeRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var yaml = new StringBuilder(512);
        void Line(string key, object value) => yaml.Append(CultureInfo.InvariantCulture, $"{key}: {value}\n");

        Line("node", Quote(record.Node));
        Line("role", record.Role.Word());
        Line("version", Quote(record.Version));
        Line("revision", Quote(record.Revision));
        Line("synced", record.Synced ? "true" : "false");
        Line("tier", Quote(record.Tier));
        Line("admin", Quote(record.Admin));
        Line("requestRate", record.RequestRate.ToString("0.###", CultureInfo.InvariantCulture));
        Line("at", Quote(record.At.ToString("O", CultureInfo.InvariantCulture)));
        if (record.Instance.Length > 0)
        {
            Line("instance", Quote(record.Instance));
        }

        Line("pids", Pairs(record.Pids.Select(pid => KeyValuePair.Create(pid.Key, pid.Value.ToString(CultureInfo.InvariantCulture)))));
        if (!record.Rates.IsEmpty)
        {
            Line(
                "rates",
                Pairs(record.Rates.Select(
                    rate => KeyValuePair.Create(rate.Key, rate.Value.ToString("0.######", CultureInfo.InvariantCulture)))));
        }

        if (record.Zone is { } zone)
        {
            Line("zone", Quote(zone));
        }

        if (record.Gateway is { } gateway)
        {
            Line(
                "gateway",
                $"{{ service: {Quote(gateway.Service)}, group: {Quote(gateway.Group)}, mesh: {Quote(gateway.Mesh.ToString())}, tunnel: "
                    + $"{Quote(gateway.Tunnel.ToString())} }}");
        }

        Line("services", record.Services.IsEmpty ? "[]" : "");
        foreach (var service in record.Services)
        {
            Line("  - name", Quote(service.Name));
            Line("    id", Quote(service.Id));
            Line("    address", Quote(service.Address.ToString()));
            if (service.Application is { } application)
            {
                Line("    application", Quote(application.ToString()));
            }

            Line("    healthy", service.Healthy ? "true" : "false");
            if (service.Protocol != "http")
            {
                Line("    protocol", Quote(service.Protocol));
            }

            if (service.Weight != 1)
            {
                Line("    weight", service.Weight);
            }

            if (service.KeepsKeys)
            {
                Line("    keepsKeys", "true");
            }

            if (!service.Tags.IsEmpty)
            {
                Line("    tags", $"[{string.Join(", ", service.Tags.Select(Quote))}]");
            }

            if (!service.Meta.IsEmpty)
            {
                Line("    meta", Pairs(service.Meta.Select(pair => KeyValuePair.Create(pair.Key, Quote(pair.Value)))));
            }
        }

        return Encoding.UTF8.GetBytes(yaml.ToString());
    }

    /// <summary>True if two records differ only in their time and in an insignificant change of the request rate.</summary>
    public static bool IsEquivalent(NodeRecord one, NodeRecord other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return Write(one with { At = default, RequestRate = 0 }).AsSpan().SequenceEqual(Write(other with { At = default, RequestRate = 0 }))
            && Math.Abs(one.RequestRate - other.RequestRate) <= Math.Max(1, one.RequestRate * NotableRateChange);
    }

    /// <summary>
    /// True if two records announce the same instances, gateway, and zone, which are what the mesh is compiled from. What a node reports
    /// about itself (its revision, load, processes) may differ.
    /// </summary>
    public static bool AnnounceTheSame(NodeRecord one, NodeRecord other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(one, other) || Write(Announced(one)).AsSpan().SequenceEqual(Write(Announced(other)));
    }

    private static NodeRecord Announced(NodeRecord record) => new()
    {
        Node = record.Node,
        Role = record.Role,
        Version = "",
        Zone = record.Zone,
        Services = record.Services,
        Gateway = record.Gateway,
    };

    // JSON's quoted strings are YAML's double-quoted strings, and the default encoder writes everything beyond ASCII as \uXXXX.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Pairs(IEnumerable<KeyValuePair<string, string>> pairs) =>
        $"{{{string.Join(", ", pairs.Select(pair => $"{Quote(pair.Key)}: {pair.Value}"))}}}";
}

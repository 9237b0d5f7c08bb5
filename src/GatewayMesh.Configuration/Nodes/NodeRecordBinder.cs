using System.Globalization;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Reads a node's record. Unknown keys are ignored: the node may be newer.</summary>
public static class NodeRecordBinder
{
    private static readonly ScalarType<MeshRole> Role = ScalarTypes.Word<MeshRole>(
        [("sidecar", MeshRole.Sidecar), ("gateway", MeshRole.Gateway), ("ingress", MeshRole.Ingress)]);

    private static readonly ScalarType<double> Rate = new("use a number", text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && double.IsFinite(rate) && rate >= 0
            ? Scalar.Good(rate)
            : Scalar.Bad<double>($"{Quoted.Of(text)} is not a number", "use a number"));

    private static readonly ScalarType<DateTimeOffset> Moment = new("use a time such as 2026-01-31T12:00:00Z", text =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Scalar.Good(at)
            : Scalar.Bad<DateTimeOffset>($"{Quoted.Of(text)} is not a time", "use a time such as 2026-01-31T12:00:00Z"));

    private static readonly ScalarType<string> Free = new("use a text", Scalar.Good);

    /// <summary>Returns the record in <paramref name="document"/>, or null when the document has errors.</summary>
    public static NodeRecord? Bind(ConfigNode document, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var record = MappingReader.Read(document, KeyStyle.Lenient, errors, Bind);
        return errors.Count == before ? record : null;
    }

    private static NodeRecord Bind(MappingReader reader) => new()
    {
        Node = reader.Required("node", ScalarTypes.Name) ?? "",
        Role = reader.Required("role", Role),
        Version = reader.Required("version", ScalarTypes.Text) ?? "",
        Revision = reader.Optional("revision", ScalarTypes.Text, "none"),
        Synced = reader.Optional("synced", ScalarTypes.Flag, true),
        Tier = reader.Optional("tier", ScalarTypes.Text, "none"),
        Pids = reader.Map("pids").Aggregate(ImmutableSortedDictionary<string, int>.Empty, AddPid),
        Admin = reader.Optional("admin", Free, ""),
        RequestRate = reader.Optional("requestRate", Rate, 0),
        Rates = reader.Map("rates").Aggregate(ImmutableSortedDictionary<string, double>.Empty, AddRate),
        Zone = reader.IsText("zone") ? reader.Optional("zone", ScalarTypes.Text, "") : null,
        Services = reader.Items("services", BindService),
        Gateway = reader.Has("gateway") ? reader.Section("gateway", BindGateway) : null,
        Instance = reader.Optional("instance", Free, ""),
        At = reader.Optional("at", Moment, default),
    };

    // A pid is displayed, never acted on by another host, so a malformed pid is skipped.
    private static ImmutableSortedDictionary<string, int> AddPid(
        ImmutableSortedDictionary<string, int> pids, KeyValuePair<string, string> pair) =>
        int.TryParse(pair.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pids.Add(pair.Key, pid) : pids;

    // Of another node, which may be newer: what cannot be read is no demand.
    private static ImmutableSortedDictionary<string, double> AddRate(
        ImmutableSortedDictionary<string, double> rates, KeyValuePair<string, string> pair) =>
        rates.Count < NodeRates.Max && Rate.Read(pair.Value) is { Message: null } rate ? rates.SetItem(pair.Key, rate.Value) : rates;

    private static NodeService BindService(MappingReader reader)
    {
        var name = reader.Required("name", ScalarTypes.Name) ?? "";
        return new NodeService(
            name,
            reader.Required("id", ScalarTypes.Text) ?? "",
            reader.Required("address", ScalarTypes.Target) ?? new("", 0),
            reader.Optional("healthy", ScalarTypes.Flag, true))
        {
            Protocol = reader.Optional("protocol", ScalarTypes.Text, "http"),
            Application = reader.Has("application") ? reader.Required("application", ScalarTypes.Target) : null,
            Weight = reader.Optional("weight", ScalarTypes.Number(0, 65535), 1),
            KeepsKeys = reader.Optional("keepsKeys", ScalarTypes.Flag, false),
            Tags = reader.List("tags", ScalarTypes.Text),
            Meta = reader.Map("meta"),
        };
    }

    private static NodeGateway BindGateway(MappingReader reader) => new(
        reader.Required("service", ScalarTypes.Name) ?? "",
        reader.Optional("group", ScalarTypes.Name, "default"),
        reader.Required("mesh", ScalarTypes.Target) ?? new("", 0),
        reader.Required("tunnel", ScalarTypes.Target) ?? new("", 0));
}

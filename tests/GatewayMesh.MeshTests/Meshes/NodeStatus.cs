using System.Text.Json;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary><c>GET /status</c> of a sidecar, as far as the tests need it.</summary>
internal sealed record NodeStatus(string Json)
{
    private readonly JsonElement _root = JsonDocument.Parse(Json).RootElement;

    public int Guard => Number("pids", "guard");

    public int Worker => Number("pids", "worker");

    /// <summary><c>sidecar</c>, <c>gateway</c> or <c>none</c>.</summary>
    public string Tier => Text("tier");

    public string Lease => Text("lease", "state");

    /// <summary>Leases granted.</summary>
    public int Leases => Number("lease", "leases");

    public int Restarts => Number("lease", "restarts");

    /// <summary>Workers killed as hung by the guard.</summary>
    public int Kills => Number("lease", "kills");

    /// <summary>True while an upgrade is running.</summary>
    public bool IsUpgrading => Find("upgrade", "running") is { ValueKind: JsonValueKind.True };

    /// <summary>Reason of the last failed upgrade; empty when it succeeded.</summary>
    public string UpgradeError => Text("upgrade", "lastError");

    /// <summary>True if the last upgrade succeeded.</summary>
    public bool IsUpgraded => Find("upgrade", "well") is { ValueKind: JsonValueKind.True };

    /// <summary>Connections carried by the guard now.</summary>
    public int Carried => Number("guard", "carried", "open");

    public int CarriedTotal => Number("guard", "carried", "total");

    public int CarriedFailed => Number("guard", "carried", "failed");

    public int Gateways =>
        Find("guard", "gateways") is { ValueKind: JsonValueKind.Array } gateways
            ? gateways.EnumerateArray().Count(gateway => gateway.GetProperty("state").GetString() == "answers")
            : 0;

    /// <summary>The registry's errors, as text.</summary>
    public string RegistryErrors => Find("registry", "errors")?.GetRawText() ?? "";

    public string Revision => Text("registry", "revision");

    public override string ToString() => Json;

    private int Number(params string[] path) => Find(path) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : -1;

    private string Text(params string[] path) => Find(path) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private JsonElement? Find(params string[] path)
    {
        var element = _root;
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }
}

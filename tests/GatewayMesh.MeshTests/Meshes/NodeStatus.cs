using GatewayMesh.Admin.Documents;
using Document = GatewayMesh.Admin.Documents.NodeStatus;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary><c>GET /status</c> of a node, as far as the tests need it. A number that the status does not have is −1.</summary>
internal sealed record NodeStatus(string Json)
{
    private readonly Document _document = DocumentReader.Read(Json, AdminJson.Default.NodeStatus)
        ?? throw new InvalidDataException($"no status: {Json}");

    public int Guard => _document.GuardPid ?? -1;

    public int Worker => _document.WorkerPid ?? -1;

    /// <summary><c>sidecar</c>, <c>gateway</c> or <c>none</c>.</summary>
    public string Tier => _document.Tier;

    public string Lease => _document.Lease?.State ?? "";

    /// <summary>Leases granted.</summary>
    public int Leases => Number(_document.Lease?.Leases);

    public int Restarts => Number(_document.Lease?.Restarts);

    /// <summary>Workers killed as hung by the guard.</summary>
    public int Kills => Number(_document.Lease?.Kills);

    /// <summary>True while an upgrade is running.</summary>
    public bool IsUpgrading => _document.Upgrade?.Running ?? false;

    /// <summary>Reason of the last failed upgrade; empty when it succeeded.</summary>
    public string UpgradeError => _document.Upgrade?.LastError ?? "";

    /// <summary>True if the last upgrade succeeded.</summary>
    public bool IsUpgraded => _document.Upgrade?.Well ?? false;

    /// <summary>Connections carried by the guard now.</summary>
    public int Carried => Number(_document.Guard?.Carried.Open);

    public int CarriedTotal => Number(_document.Guard?.Carried.Total);

    public int CarriedFailed => Number(_document.Guard?.Carried.Failed);

    public int Gateways => _document.Guard?.Gateways.Count(gateway => gateway.State == "answers") ?? 0;

    /// <summary>The registry and the configuration in use; null when the status has none.</summary>
    public RegistryStatus? Registry => _document.Registry;

    /// <summary>The registry's errors, as text; <c>[]</c> when there is none.</summary>
    public string RegistryErrors => Registry is { } registry ? $"[{string.Join(", ", registry.Errors)}]" : "";

    public string Revision => Registry?.Revision ?? "";

    public override string ToString() => Json;

    private static int Number(long? value) => (int)(value ?? -1);
}

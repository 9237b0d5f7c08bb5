using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>The guard's own figures.</summary>
public sealed record GuardStatus : DocumentPart
{
    /// <summary>Private memory of the guard, in KiB.</summary>
    public long PrivateMemoryKiB { get; set; }

    /// <summary>Connections carried to gateways.</summary>
    public CarriedStatus Carried { get; set; } = new();

    /// <summary>Gateways known to the guard, its first choice first.</summary>
    public ImmutableArray<GatewayStatus> Gateways { get; set; } = [];

    /// <summary>Workers of the guard.</summary>
    public ImmutableArray<GuardedWorkerStatus> Workers { get; set; } = [];
}

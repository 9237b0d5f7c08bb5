namespace GatewayMesh.Admin.Documents;

/// <summary>A worker of a guard.</summary>
public sealed record GuardedWorkerStatus : DocumentPart
{
    /// <summary>Number of the worker at its guard.</summary>
    public int Number { get; set; }

    /// <summary>Process id.</summary>
    public int Pid { get; set; }

    /// <summary>Phase of the lease: <c>starting</c>, <c>ready</c>, <c>leased</c>, …</summary>
    public string Phase { get; set; } = "";
}

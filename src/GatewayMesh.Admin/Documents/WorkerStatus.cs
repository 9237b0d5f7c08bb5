namespace GatewayMesh.Admin.Documents;

/// <summary>Counters of a data path.</summary>
public sealed record WorkerStatus : DocumentPart
{
    /// <summary>Configuration revision in use.</summary>
    public string Revision { get; set; } = "";

    /// <summary>Reason why the worker cannot serve, or null.</summary>
    public string? Unfit { get; set; }

    /// <summary>True if the worker accepts connections.</summary>
    public bool Accepting { get; set; }

    /// <summary>Open connections.</summary>
    public long Connections { get; set; }

    /// <summary>Requests in flight.</summary>
    public long Inflight { get; set; }

    /// <summary>Requests so far.</summary>
    public long Requests { get; set; }

    /// <summary>Requests per second, recently.</summary>
    public double Rate { get; set; }
}

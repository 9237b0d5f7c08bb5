namespace GatewayMesh.Admin.Documents;

/// <summary>The retry budgets of a service and of the process, in the current ten-second window.</summary>
public sealed record ExplainedBudget
{
    /// <summary>Retries left for the service.</summary>
    public long Left { get; set; }

    /// <summary>Retries allowed for the service.</summary>
    public long Allowed { get; set; }

    /// <summary>Retries left over all services.</summary>
    public long ProcessLeft { get; set; }

    /// <summary>Retries allowed over all services.</summary>
    public long ProcessAllowed { get; set; }

    /// <summary>Time after which a hedge goes to a second instance, in milliseconds; null: no hedge.</summary>
    public double? HedgeAfterMs { get; set; }
}

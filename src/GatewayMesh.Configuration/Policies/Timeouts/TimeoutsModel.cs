namespace GatewayMesh.Configuration.Policies.Timeouts;

/// <summary>How long the parts of a call may take.</summary>
public sealed record TimeoutsModel
{
    /// <summary>The defaults.</summary>
    public static TimeoutsModel Default { get; } = new();

    /// <summary>A request up to the head of its answer, all attempts together; it stands still while a body is uploaded, and a body that streams down is bound by its idle time. Default: 15 s.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>To connect to an instance. Default: 1 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(1);

    internal TimeoutsModel Under(TimeoutsEntry entry) => this with
    {
        Request = entry.Request ?? Request,
        Connect = entry.Connect ?? Connect,
    };
}

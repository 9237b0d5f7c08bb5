using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies.Timeouts;

/// <summary>How long the parts of a call may take.</summary>
public sealed record TimeoutsModel
{
    /// <summary>The defaults.</summary>
    public static TimeoutsModel Default { get; } = new();

    /// <summary>
    /// A request up to the head of its answer, all attempts together; it stands still while a body is uploaded, and a body that streams down is bound by
    /// <see cref="Idle"/>. Zero: none. Default: 15 s, as in Envoy.
    /// </summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Each attempt up to the head of its answer, connecting included; it stands still while a body is uploaded. One that takes longer is a failure of the instance and may be followed by another. Zero: none. Default: none.</summary>
    public TimeSpan Attempt { get; init; }

    /// <summary>To connect to an instance. Default: 1 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A request on which nothing moves in either direction is given up, before the head of its answer and after it. Zero: never. Default: 5 min, as in Envoy.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>With what a rule of a router says instead.</summary>
    public TimeoutsModel With(RouteAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return action.RequestTimeout is { } request ? this with { Request = request } : this;
    }

    internal TimeoutsModel Under(TimeoutsEntry entry) => this with
    {
        Request = entry.Request ?? Request,
        Attempt = entry.Attempt ?? Attempt,
        Connect = entry.Connect ?? Connect,
        Idle = entry.Idle ?? Idle,
    };
}

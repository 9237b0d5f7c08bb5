using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>One request at one instance, from pick to end. End it exactly once.</summary>
public readonly struct EndpointLease
{
    private readonly int _epoch;

    internal EndpointLease(EndpointState state, int epoch, bool isTrial)
    {
        State = state;
        _epoch = epoch;
        IsTrial = isTrial;
    }

    /// <summary>The instance's live state.</summary>
    public EndpointState State { get; }

    /// <summary>The instance.</summary>
    public EndpointModel Endpoint => State.Model;

    /// <summary>True when this request is the one that tries an instance after its ejection.</summary>
    public bool IsTrial { get; }

    /// <summary>Says what is known so far, for example success when the response head is there: a trial by a long stream must not keep the instance out.</summary>
    public void Report(EndpointOutcome outcome) => State.Report(outcome, _epoch, IsTrial);

    /// <summary>The request is over, with this evidence.</summary>
    public void End(EndpointOutcome outcome)
    {
        State.Report(outcome, _epoch, IsTrial);
        State.Leave();
    }
}

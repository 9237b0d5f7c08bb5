namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>What a random life may do to a guard in one step.</summary>
internal enum LeaseDeed
{
    Tick,
    TimerLate,
    ProbePassed,
    AllPass,
    ProbeTimedOut,
    Hang,
    AnsweredBadly,
    Unfit,
    Fit,
    Returned,
    Obey,
    Ended,
    GatewaysAnswer,
    GatewaysSilent,
    Upgrade,
    Drain,
    Undrain,
    Adopted,
    Stop,
}

/// <summary>One step of a random life.</summary>
/// <param name="Deed">What happens.</param>
/// <param name="Wait">How long after the step before, in milliseconds.</param>
/// <param name="Pick">Which worker it happens to: also ones that have ended or never were.</param>
/// <param name="Detail">Progress and whether work waits.</param>
internal sealed record LeaseStep(LeaseDeed Deed, int Wait, int Pick, int Detail);

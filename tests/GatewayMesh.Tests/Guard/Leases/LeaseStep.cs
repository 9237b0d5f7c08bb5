namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Kinds of steps in a random history.</summary>
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

/// <summary>A step of a random history.</summary>
/// <param name="Deed">Kind of the step.</param>
/// <param name="Wait">Delay after the previous step, in milliseconds.</param>
/// <param name="Pick">The affected worker, possibly one that has ended or never existed.</param>
/// <param name="Detail">Progress and pending work.</param>
internal sealed record LeaseStep(LeaseDeed Deed, int Wait, int Pick, int Detail);

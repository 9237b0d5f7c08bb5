using GatewayMesh.Drills.Load;

namespace GatewayMesh.Drills.Demo.Traffic;

/// <summary>Request counts of one part of the demo.</summary>
/// <param name="Ok">Requests answered.</param>
/// <param name="Refused">Connections that could not be opened.</param>
/// <param name="Lost">Requests sent whose connection ended without a response.</param>
/// <param name="TimedOut">Requests without a response in time.</param>
/// <param name="Errors">Requests answered with 400 or more.</param>
/// <param name="ThroughGateway">Answered requests that went through a gateway.</param>
/// <param name="SlowestMs">Slowest response in ms, from the intended send time.</param>
internal sealed record Tally(long Ok, long Refused, long Lost, long TimedOut, long Errors, long ThroughGateway, double SlowestMs)
{
    /// <summary>The empty tally.</summary>
    public static Tally None { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>All requests.</summary>
    public long Sent => Ok + Failed;

    /// <summary>Requests that failed.</summary>
    public long Failed => Refused + Lost + TimedOut + Errors;

    /// <summary>Returns a tally with one more request.</summary>
    public Tally With(in Sample sample)
    {
        var counted = sample.LoadOutcome switch
        {
            LoadOutcome.Ok => this with { Ok = Ok + 1, SlowestMs = Math.Max(SlowestMs, sample.Latency / 1000.0) },
            LoadOutcome.Refused => this with { Refused = Refused + 1 },
            LoadOutcome.Lost => this with { Lost = Lost + 1 },
            LoadOutcome.TimedOut => this with { TimedOut = TimedOut + 1 },
            _ => this with { Errors = Errors + 1 },
        };
        return sample is { LoadOutcome: LoadOutcome.Ok, ThroughGateway: true }
            ? counted with { ThroughGateway = ThroughGateway + 1 }
            : counted;
    }
}

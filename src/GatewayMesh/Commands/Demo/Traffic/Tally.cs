using GatewayMesh.Commands.Drill.Load;

namespace GatewayMesh.Commands.Demo.Traffic;

/// <summary>What the applications saw in one part of the demo.</summary>
/// <param name="Ok">Answered.</param>
/// <param name="Refused">The connection could not be opened.</param>
/// <param name="Lost">Sent, and the connection ended without an answer.</param>
/// <param name="TimedOut">No answer in time.</param>
/// <param name="Errors">Answered with 400 or more.</param>
/// <param name="ThroughGateway">Of those answered, through a gateway.</param>
/// <param name="SlowestMs">The slowest answer, from its intended send time.</param>
internal sealed record Tally(long Ok, long Refused, long Lost, long TimedOut, long Errors, long ThroughGateway, double SlowestMs)
{
    /// <summary>Of nothing.</summary>
    public static Tally None { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>All requests.</summary>
    public long Sent => Ok + Failed;

    /// <summary>Those that did not end well.</summary>
    public long Failed => Refused + Lost + TimedOut + Errors;

    /// <summary>The same with one more request.</summary>
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
        return sample is { LoadOutcome: LoadOutcome.Ok, ThroughGateway: true } ? counted with { ThroughGateway = ThroughGateway + 1 } : counted;
    }
}

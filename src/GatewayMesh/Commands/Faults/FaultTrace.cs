namespace GatewayMesh.Commands.Faults;

/// <summary>What a fault really did, as it went.</summary>
/// <param name="clock">Microseconds on the clock of all its times.</param>
/// <param name="tell">Hears each note as it comes.</param>
internal sealed class FaultTrace(Func<long> clock, Action<string>? tell = null)
{
    private readonly List<string> _notes = [];

    /// <summary>When the first harm was done; null: none could be.</summary>
    public long? BeganAt { get; private set; }

    /// <summary>When a gateway answered again after all were down.</summary>
    public long? GatewayBackAt { get; set; }

    /// <summary>When a new guard answered.</summary>
    public long? GuardBackAt { get; set; }

    /// <summary>How often a process was killed.</summary>
    public int Kills { get; set; }

    /// <summary>Why the fault could not be done as it should; null: it was.</summary>
    public string? Failure { get; set; }

    /// <summary>What happened, in words and order.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>The time now.</summary>
    public long Now => clock();

    /// <summary>The harm begins now.</summary>
    public void Begin() => BeganAt ??= clock();

    /// <summary>Adds to <see cref="Notes"/>.</summary>
    public void Note(string text)
    {
        lock (_notes)
        {
            _notes.Add(text);
        }

        tell?.Invoke(text);
    }
}

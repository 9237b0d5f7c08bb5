namespace GatewayMesh.Drills.Faults;

/// <summary>Record of a fault as it was injected.</summary>
/// <param name="clock">Clock of all times, in microseconds.</param>
/// <param name="tell">Receives each note.</param>
internal sealed class FaultTrace(Func<long> clock, Action<string>? tell = null)
{
    private readonly List<string> _notes = [];

    /// <summary>Time of the first harm; null when none was done.</summary>
    public long? BeganAt { get; private set; }

    /// <summary>Time when a gateway answered again after all were down.</summary>
    public long? GatewayBackAt { get; set; }

    /// <summary>Time when a new guard answered.</summary>
    public long? GuardBackAt { get; set; }

    /// <summary>Number of kills.</summary>
    public int Kills { get; set; }

    /// <summary>Reason why the fault could not be injected; null on success.</summary>
    public string? Failure { get; set; }

    /// <summary>The notes, in order.</summary>
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

    /// <summary>The current time.</summary>
    public long Now => clock();

    /// <summary>Marks the start of the harm.</summary>
    public void Begin() => BeganAt ??= clock();

    /// <summary>Adds a note to <see cref="Notes"/>.</summary>
    public void Note(string text)
    {
        lock (_notes)
        {
            _notes.Add(text);
        }

        tell?.Invoke(text);
    }
}

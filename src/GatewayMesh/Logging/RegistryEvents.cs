using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Events;

namespace GatewayMesh.Logging;

/// <summary>
/// Log lines about the registry: loss and recovery, refused and accepted entries, and failed writes. Each start and each end gets a line.
/// Lines are limited to one in ten seconds for each file or entry, and to twenty for all of them.
/// </summary>
/// <param name="events">The event log.</param>
/// <param name="time">Clock of the limits.</param>
internal sealed class RegistryEvents(EventLog events, TimeProvider time)
{
    /// <summary>Minimum time between two lines about one file or entry: 10 s.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Delay before a failed write is logged: 5 s. During an outage, the loss is known by then and is logged instead.</summary>
    public static TimeSpan WriteGrace { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Maximum number of lines about files and entries in each <see cref="Pause"/>: 20.</summary>
    public const int Max = 20;

    private const string Snapshot = "snapshot.json";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LoggedEntry> _logged = new(StringComparer.Ordinal);
    private ImmutableArray<ConfigError> _errors = [];
    private long _windowAt = time.GetTimestamp();
    private int _lines;
    private bool _lost;
    private long _lostAt;
    private long? _writeFailedAt;
    private bool _writeSaid;

    /// <summary>Logs changes of the registry's state.</summary>
    /// <param name="name">Name of the registry.</param>
    /// <param name="reached">True if the registry was readable; null: unknown.</param>
    /// <param name="errors">All current errors.</param>
    /// <param name="age">Time since the last successful read; null: unknown.</param>
    public void Read(string name, bool? reached, ImmutableArray<ConfigError> errors, TimeSpan? age)
    {
        lock (_lock)
        {
            if (reached is { } now && now == _lost)
            {
                Turn(name, now, errors, age);
            }

            // While the registry is unreadable, the known entries are old.
            if (!_lost)
            {
                _errors = errors;
            }

            LogEntries();
        }
    }

    /// <summary>Logs delayed lines and persistent write failures. Called every second.</summary>
    /// <param name="write">Error of the last write; null on success.</param>
    public void Tick(ConfigError? write)
    {
        lock (_lock)
        {
            LogEntries();
            LogWrite(write);
        }
    }

    private void Turn(string name, bool reached, ImmutableArray<ConfigError> errors, TimeSpan? age)
    {
        _lost = !reached;
        if (_lost)
        {
            _lostAt = time.GetTimestamp();
            var reason = errors.FirstOrDefault(error => name.EndsWith(error.File, StringComparison.Ordinal)) ?? errors.FirstOrDefault();
            events.Warning(
                "registry_lost",
                $"{reason?.ToString() ?? $"{name} is unreachable"}; last heard "
                    + $"{(age is { } heard ? $"{Text(heard)} ago" : "before this start")}",
                ("registry", name));
        }
        else
        {
            events.Info("registry_recovered", $"{name} is reachable again after {Text(time.GetElapsedTime(_lostAt))}", ("registry", name));
        }
    }

    private void LogEntries()
    {
        if (time.GetElapsedTime(_windowAt) >= Pause)
        {
            (_windowAt, _lines) = (time.GetTimestamp(), 0);
        }

        var wrong = _errors.GroupBy(error => error.File, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);
        foreach (var (entry, found) in wrong)
        {
            var known = _logged.GetValueOrDefault(entry);
            if ((known is null || !known.Errors.SequenceEqual(found)) && MayLog(known))
            {
                var more = found.Sum(error => Math.Max(1, error.More)) - 1;
                var rest = more > 0 ? string.Create(CultureInfo.InvariantCulture, $" (and {more:N0} more)") : "";
                LogInvalidEntry(entry, found[0], $"{found[0]}{rest}", more + 1);
                _logged[entry] = new LoggedEntry(found, time.GetTimestamp());
            }
        }

        foreach (var (entry, known) in _logged.Where(pair => !wrong.ContainsKey(pair.Key)).ToList())
        {
            if (known.Errors.IsEmpty)
            {
                if (time.GetElapsedTime(known.At) >= Pause)
                {
                    _ = _logged.Remove(entry);
                }
            }
            else if (MayLog(known))
            {
                events.Info("configuration_accepted", $"{entry} is valid again", ("entry", entry));
                _logged[entry] = new LoggedEntry([], time.GetTimestamp());
            }
        }
    }

    // A failure to store the snapshot is not the fault of an entry, and a restart would load an older state.
    private void LogInvalidEntry(string entry, ConfigError first, string text, int count)
    {
        if (!entry.EndsWith(Snapshot, StringComparison.Ordinal))
        {
            events.Warning("configuration_refused", $"{text}; the last good version stays in use", ("entry", entry), ("errors", count));
        }
        else if (first.Message.Contains("cannot be written", StringComparison.Ordinal))
        {
            events.Error("snapshot_not_written", text, ("entry", entry));
        }
        else
        {
            events.Error("snapshot_unreadable", text, ("entry", entry));
        }
    }

    private bool MayLog(LoggedEntry? known)
    {
        if (_lines >= Max || (known is not null && time.GetElapsedTime(known.At) < Pause))
        {
            return false;
        }

        _lines++;
        return true;
    }

    private void LogWrite(ConfigError? error)
    {
        if (error is null)
        {
            if (_writeSaid)
            {
                events.Info("registry_written", "registry writes work again; this node is published");
            }

            (_writeFailedAt, _writeSaid) = (null, false);
            return;
        }

        if (_lost)
        {
            // Expected during an outage. After the return, the next write gets the full delay.
            _writeFailedAt = null;
            return;
        }

        _writeFailedAt ??= time.GetTimestamp();
        if (!_writeSaid && time.GetElapsedTime(_writeFailedAt.Value) >= WriteGrace)
        {
            _writeSaid = true;
            events.Error("registry_not_written", error.ToString());
        }
    }

    private static string Text(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : RoughTime.Text(time);

    private sealed record LoggedEntry(ImmutableArray<ConfigError> Errors, long At);
}

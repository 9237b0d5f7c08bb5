using System.Collections.Immutable;

namespace GatewayMesh.Registry;

/// <summary>
/// The current certificate failures of a node, by subject: a service's name or <see cref="Roots"/>. Safe for concurrent use.
/// </summary>
public sealed class CertificateTroubles
{
    /// <summary>The subject of failures with the roots.</summary>
    public const string Roots = "(roots)";

    private ImmutableSortedDictionary<string, string> _current = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>All current failures; empty when there are none.</summary>
    public ImmutableSortedDictionary<string, string> Current => Volatile.Read(ref _current);

    /// <summary>Raised when a failure begins (with its reason) or ends (null), but not when only the reason changes.</summary>
    public event Action<string, string?>? Changed;

    /// <summary>Records that getting <paramref name="subject"/> fails for this reason. Null: works again, or is no longer needed.</summary>
    public void Report(string subject, string? reason)
    {
        var before = Current.GetValueOrDefault(subject);
        if (before == reason)
        {
            return;
        }

        _ = ImmutableInterlocked.Update(
            ref _current,
            (all, change) => change.reason is null ? all.Remove(change.subject) : all.SetItem(change.subject, change.reason),
            (subject, reason));
        if (before is null || reason is null)
        {
            Changed?.Invoke(subject, reason);
        }
    }
}

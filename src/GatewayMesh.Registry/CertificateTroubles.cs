using System.Collections.Immutable;

namespace GatewayMesh.Registry;

/// <summary>What keeps a node from getting certificates now, by what it concerns: a service's name, or <see cref="Roots"/>. For several threads.</summary>
public sealed class CertificateTroubles
{
    /// <summary>What the trouble with the roots is kept under.</summary>
    public const string Roots = "(roots)";

    private ImmutableSortedDictionary<string, string> _current = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>All of it; empty when all is well.</summary>
    public ImmutableSortedDictionary<string, string> Current => Volatile.Read(ref _current);

    /// <summary>A trouble began (its words) or ended (null); not raised when it only changes its words.</summary>
    public event Action<string, string?>? Changed;

    /// <summary>Says that getting <paramref name="subject"/> fails for this reason; null: it works, or nobody wants it any more.</summary>
    public void Say(string subject, string? reason)
    {
        var before = Current.GetValueOrDefault(subject);
        if (before == reason)
        {
            return;
        }

        _ = ImmutableInterlocked.Update(ref _current, (all, said) => said.reason is null ? all.Remove(said.subject) : all.SetItem(said.subject, said.reason), (subject, reason));
        if (before is null || reason is null)
        {
            Changed?.Invoke(subject, reason);
        }
    }
}

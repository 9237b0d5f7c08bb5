using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>
/// Compares two sets of the same watch. Objects that did not change are the same instances, so that no content is compared.
/// </summary>
internal static class SetDifference
{
    /// <summary>The differences: new and changed objects, and null for objects that are gone.</summary>
    /// <param name="before">The earlier set; null: none.</param>
    /// <param name="after">The later set.</param>
    public static IEnumerable<(ObjectKey Key, TKept? Value)> Between<TKept>(ObjectSet<TKept>? before, ObjectSet<TKept> after)
        where TKept : class
    {
        if (ReferenceEquals(before, after))
        {
            yield break;
        }

        foreach (var (key, value) in after)
        {
            if (!ReferenceEquals(before?.Find(key), value))
            {
                yield return (key, value);
            }
        }

        if (before is null)
        {
            yield break;
        }

        foreach (var (key, _) in before)
        {
            if (after.Find(key) is null)
            {
                yield return (key, null);
            }
        }
    }
}

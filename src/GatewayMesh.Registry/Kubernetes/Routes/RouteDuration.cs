using System.Globalization;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Durations of the Gateway API (GEP-2257): up to four whole numbers with a unit, such as <c>1m30s</c> or <c>500ms</c>.</summary>
internal static class RouteDuration
{
    private const int MostParts = 4;
    private const int MostDigits = 5;

    /// <summary>Reads <paramref name="text"/>; false if it is not a duration.</summary>
    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        for (var part = 0; part < MostParts && !rest.IsEmpty; part++)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > MostDigits)
            {
                return false;
            }

            var number = int.Parse(rest[..digits], CultureInfo.InvariantCulture);
            rest = rest[digits..];
            var (unit, length) = rest switch
            {
                ['m', 's', ..] => (TimeSpan.FromMilliseconds(1), 2),
                ['h', ..] => (TimeSpan.FromHours(1), 1),
                ['m', ..] => (TimeSpan.FromMinutes(1), 1),
                ['s', ..] => (TimeSpan.FromSeconds(1), 1),
                _ => (TimeSpan.Zero, 0),
            };
            if (length == 0)
            {
                return false;
            }

            duration += number * unit;
            rest = rest[length..];
        }

        return text.Length > 0 && rest.IsEmpty;
    }
}

using System.Globalization;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>User of a request, as feature flags see the request.</summary>
/// <param name="User">Name of the user; null if the request names none.</param>
/// <param name="Groups">Groups of the user.</param>
/// <param name="Sample">64 random bits of the request, which stand for a user where the request names none.</param>
internal sealed record FlagSubject(string? User, IReadOnlyList<string> Groups, ulong Sample)
{
    /// <summary>Subject of flags that do not depend on the user.</summary>
    public static FlagSubject Nobody { get; } = new(null, [], 0);

    /// <summary>
    /// The user, or the sample as text. Every request without a user would else be one user, for whom a share is all or nothing. No name
    /// in a flag or in a field begins with NUL.
    /// </summary>
    public string Bucket => User ?? string.Create(CultureInfo.InvariantCulture, $"\0{Sample:x16}");
}

using System.Reflection;

namespace GatewayMesh;

/// <summary>The version of this binary.</summary>
internal static class Versions
{
    internal static string Current { get; } =
        typeof(Versions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}

using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Time is injected: only where a process or a library begins does code take the system's clock.</summary>
public sealed partial class InjectedTimeTests
{
    /// <summary>Files that take the system's clock, each with its reason.</summary>
    private static readonly Dictionary<string, string> Beginnings = new()
    {
        ["Program.cs"] = "the process begins",
        ["CaCommand.cs"] = "a command begins",
        ["DrainCommand.cs"] = "a command begins",
        ["UpgradeCommand.cs"] = "a command begins",
        ["DemoCommand.cs"] = "a command begins",
        ["DrillCommand.cs"] = "a command begins",
        ["ScenarioCommand.cs"] = "a command begins",
        ["GatewayMeshHandler.cs"] = "public constructor of the client library",
        ["AccessLog.cs"] = "default of a parameter",
        ["DataPlaneOptions.cs"] = "default of an option",
        ["ApiReach.cs"] = "a check before a role has a clock",
        ["EventLoop.cs"] = "the kernel waits in the system's time alone",
        ["EventLog.cs"] = "default of a parameter",
        ["ReachRules.cs"] = "default of a parameter",
        ["RouteTable.cs"] = "an empty table, which never reads the clock",
        ["TimedSocket.cs"] = "the kernel's wait in poll",
        ["TimedRead.cs"] = "the kernel's wait for a blocked disk",
    };

    [Test]
    public void Only_beginnings_take_the_clock_of_the_system() =>
        Assert.That(
            Repository.CodeFiles("src").Where(file => SystemClock().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))))
                .Select(Path.GetFileName),
            Is.EquivalentTo(Beginnings.Keys),
            "take a TimeProvider");

    // A delay without a clock: no argument named time.
    [GeneratedRegex(@"TimeProvider\.System\b|\bStopwatch\b|Environment\.TickCount|Task\.Delay\((?!Timeout\.Infinite)(?:(?!ime\b)[^;])*;")]
    private static partial Regex SystemClock();
}

using System.CommandLine;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Terminal.Commands;

/// <summary>Options shared by several commands, with their parsers.</summary>
public static class SharedOptions
{
    /// <summary><c>--admin HOST:PORT</c>. Default: a process on this host.</summary>
    public static Option<HostPort> Admin() => Address("--admin", "Admin address of the process.", new HostPort("127.0.0.1", 15000));

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>Creates an option with a <c>HOST:PORT</c> value.</summary>
    public static Option<HostPort> Address(string name, string description, HostPort? initial = null)
    {
        var option = new Option<HostPort>(name)
        {
            Description = description,
            HelpName = "HOST:PORT",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!HostPort.TryParse(text, out var address))
                {
                    result.AddError($"{name} '{text}' must be HOST:PORT, for example 127.0.0.1:15000");
                }

                return address;
            },
        };
        if (initial is not null)
        {
            option.DefaultValueFactory = _ => initial;
        }

        return option;
    }

    /// <summary>
    /// Creates an option with a duration value such as <c>250ms</c>, <c>2s</c> or <c>1m</c>, at most <paramref name="longest"/> (default:
    /// <see cref="DurationText.Longest"/>).
    /// </summary>
    public static Option<Duration> Duration(string name, string description, TimeSpan initial, TimeSpan? longest = null) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => new Duration(initial),
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!DurationText.TryParse(text, longest ?? DurationText.Longest, out var duration) || duration <= TimeSpan.Zero)
            {
                result.AddError(
                    $"{name} '{text}' must be a duration such as 250ms, 15s or "
                        + $"2m{(longest is { } most ? $", at most {DurationText.Format(most)}" : "")}");
            }

            return new Duration(duration);
        },
    };

    /// <summary>Creates an option with an integer value between two bounds.</summary>
    public static Option<int> Number(string name, string description, int initial, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => initial };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var number && (number < least || number > most))
            {
                result.AddError($"{name} must be between {least} and {most}");
            }
        });
        return option;
    }
}

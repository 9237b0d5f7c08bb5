using GatewayMesh.Proxy.Loops;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Loops;

/// <summary>Timers of a loop under virtual time: never early, at most one slot late, without allocation.</summary>
public class TimerWheelTests
{
    private readonly List<Exception> _failures = [];
    private FakeTimeProvider _time = null!;
    private TimerWheel _wheel = null!;

    [SetUp]
    public void Begin()
    {
        _failures.Clear();
        _time = new FakeTimeProvider();
        _wheel = new TimerWheel(_time, _failures.Add);
    }

    [TestCase(0, 10)]
    [TestCase(1, 10)]
    [TestCase(10, 10)]
    [TestCase(11, 20)]
    [TestCase(2_550, 2_550)]
    [TestCase(2_560, 2_560)]
    [TestCase(2_561, 2_570)]
    [TestCase(655_355, 655_360)]
    [TestCase(3_600_000, 3_600_000)]
    public void A_timer_fires_in_the_first_slot_that_is_not_early(int milliseconds, int fires)
    {
        var fired = 0;
        _wheel.Set(new LoopTimer(_ => fired++, null), TimeSpan.FromMilliseconds(milliseconds));

        Pass(fires - 1);
        Assert.That(fired, Is.Zero);
        Pass(1);
        Assert.That(fired, Is.EqualTo(1));
        Pass(700_000);
        Assert.That(fired, Is.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Many_timers_set_reset_and_canceled_fire_once_each_within_a_slot(int seed)
    {
        var random = new Random(seed);
        var start = _time.GetTimestamp();
        var due = new double[500];
        var timers = new LoopTimer[500];
        var wrong = new List<string>();
        for (var i = 0; i < timers.Length; i++)
        {
            var index = i;
            timers[i] = new LoopTimer(
                _ =>
                {
                    var now = _time.GetElapsedTime(start).TotalMilliseconds;
                    if (now < due[index] || due[index] < 0)
                    {
                        wrong.Add($"{index} fired at {now}, due at {due[index]}");
                    }

                    due[index] = -1;
                },
                null);
            due[i] = -1;
        }

        for (var step = 0; step < 20_000; step++)
        {
            var one = random.Next(timers.Length);
            var now = _time.GetElapsedTime(start).TotalMilliseconds;
            switch (random.Next(4))
            {
                case 0:
                    _wheel.Cancel(timers[one]);
                    due[one] = -1;
                    break;
                case 1:
                    Pass(random.Next(step % 100 == 0 ? 900_000 : step % 3 == 0 ? 400 : 20));
                    Late();
                    break;
                default:
                    var span = random.Next(3) switch { 0 => random.Next(100), 1 => random.Next(5_000), _ => random.Next(800_000) };
                    _wheel.Set(timers[one], TimeSpan.FromMilliseconds(span));
                    due[one] = now + span;
                    break;
            }
        }

        Pass(2_000_000);
        Late();
        Assert.That(wrong, Is.Empty);
        Assert.That(_wheel.Count, Is.Zero);

        void Late()
        {
            var now = _time.GetElapsedTime(start).TotalMilliseconds;
            wrong.AddRange(
                due.Select((at, index) => (at, index)).Where(one => one.at >= 0 && one.at + 10 <= now)
                    .Select(one => $"{one.index} is due at {one.at}, now is {now}"));
            Assert.That(_wheel.Count, Is.EqualTo(due.Count(at => at >= 0)));
        }
    }

    [Test]
    public void The_next_stop_is_never_after_the_next_timer()
    {
        var random = new Random(7);
        var fired = false;
        for (var round = 0; round < 2_000; round++)
        {
            fired = false;
            var span = TimeSpan.FromMilliseconds(random.Next(1_000_000));
            _wheel.Set(new LoopTimer(_ => fired = true, null), span);
            var stops = 0;
            while (!fired)
            {
                _time.Advance(_wheel.Next()!.Value);
                _wheel.Advance();
                Assert.That(++stops, Is.LessThan(10), "a sleeping loop wakes seldom");
            }

            Assert.That(_wheel.Next(), Is.Null);
        }
    }

    [Test]
    public void A_callback_may_cancel_a_neighbor_and_set_itself_again()
    {
        var fired = new List<string>();
        LoopTimer? second = null;
        LoopTimer? third = null;
        second = new LoopTimer(
            _ =>
            {
                fired.Add("second");
                _wheel.Cancel(third!);
                _wheel.Set(second!, TimeSpan.FromMilliseconds(10));
            },
            null);
        third = new LoopTimer(
            _ =>
            {
                fired.Add("third");
                _wheel.Cancel(second);
            },
            null);
        _wheel.Set(second, TimeSpan.FromMilliseconds(5));
        _wheel.Set(third, TimeSpan.FromMilliseconds(5));

        Pass(10);
        Assert.That(fired, Has.Count.EqualTo(1), "the one that fires first cancels the other");
        Pass(30);
        Assert.That(fired.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_callback_that_throws_does_not_hold_up_the_others()
    {
        var fired = 0;
        _wheel.Set(new LoopTimer(_ => throw new InvalidOperationException("a fault"), null), TimeSpan.FromMilliseconds(5));
        _wheel.Set(new LoopTimer(_ => fired++, null), TimeSpan.FromMilliseconds(5));
        Pass(10);
        Assert.That((fired, _failures.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Setting_and_canceling_allocate_nothing()
    {
        var timers = Enumerable.Range(0, 100).Select(_ => new LoopTimer(static _ => { }, null)).ToArray();
        var bytes = 0L;
        for (var batch = 0; batch < 2; batch++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1_000; round++)
            {
                foreach (var timer in timers)
                {
                    _wheel.Set(timer, TimeSpan.FromMilliseconds(round * 7));
                }

                _wheel.Cancel(timers[round % timers.Length]);
            }

            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(bytes, Is.Zero);
    }

    private void Pass(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _wheel.Advance();
    }
}
